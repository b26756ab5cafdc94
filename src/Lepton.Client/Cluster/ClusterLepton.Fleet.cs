using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client;

public sealed partial class ClusterLepton
{
    private const int LongestReason = 200;

    private const int HoldRounds = 3;

    public async Task<Page<RegionDetail>> ListRegionsAsync(CancellationToken cancel = default)
    {
        var answers = await _fleet.Now(cancel);
        var now = _time.GetUtcNow();
        return new Page<RegionDetail>
        {
            Items = [.. answers.Select(a => WireMap.Of(a, Self, now) with { Server = _directory.Of(a.Region).Http.ToString() })],
            Total = answers.Count,
            Truncated = false,
        };
    }

    public async Task<RegionDetail> GetRegionAsync(string region, CancellationToken cancel = default)
    {
        var answers = await _fleet.Ask([_ids.RegionNamed(region, region)], cancel);
        return WireMap.Of(answers[0], Self, _time.GetUtcNow()) with { Server = _directory.Of(answers[0].Region).Http.ToString() };
    }

    public async Task<Page<NodeDetail>> ListNodesAsync(NodeFilter filter, CancellationToken cancel = default)
    {
        var answers = filter.Region is { } region ? await _fleet.Ask([_ids.RegionNamed(region, region)], cancel) : await _fleet.Now(cancel);
        var after = NodeId.TryParse(filter.Cursor ?? "", out var cursor) ? cursor : (NodeId?)null;
        if (filter.Cursor is not null && after is null)
        {
            throw LeptonException.Of(ProblemCodes.BadParameter, $"cursor '{filter.Cursor}' is none of this list.", "Begin again without a cursor.");
        }

        var all = answers.Where(a => a.View is not null).SelectMany(a => a.View!.Nodes).OrderBy(n => n.Node).ToList();
        var rest = all.Where(n => after is not { } last || n.Node.CompareTo(last) > 0).ToList();
        var items = rest.Take(filter.Limit).ToList();
        var missing = answers.Where(a => a.View is null).Select(Missing).ToList();
        return new Page<NodeDetail>
        {
            Items = [.. items.Select(WireMap.Of)],
            NextCursor = items.Count < rest.Count ? items[^1].Node.ToString() : null,
            Total = all.Count,
            Truncated = items.Count < all.Count || missing.Count > 0,
            Missing = missing.Count == 0 ? null : [.. missing],
        };
    }

    public async Task<NodeHeld> HoldNodeAsync(string id, NodeAction action, string? reason = null, CancellationToken cancel = default)
    {
        if (!NodeId.TryParse(id, out var node))
        {
            throw LeptonException.Of(ProblemCodes.BadParameter, $"'{id}' is not a node.", "Name it as region/name, as `lepton nodes` shows it.");
        }

        _ = _ids.RegionNamed(node.Region.Value, node.Region.Value);
        if (reason?.Length > LongestReason)
        {
            throw LeptonException.Of(ProblemCodes.BadParameter, $"The reason has {reason.Length} characters; the limit is {LongestReason}.", "Maybe make it shorter.");
        }

        var hold = action switch { NodeAction.Cordon => NodeHold.Cordoned, NodeAction.Drain => NodeHold.Draining, _ => NodeHold.None };
        for (var round = 1; ; round++)
        {
            var known = await _asker.Ask<NodeDescription>(Address.Of(node), new DescribeNode(node), cancel);
            try
            {
                var said = await _asker.Ask<NodeDescription>(Address.Of(node), new HoldNode(node, hold, known.Row.HoldNumber + 1, hold == NodeHold.None ? null : reason), cancel);
                return new NodeHeld
                {
                    Id = node.ToString(),
                    Hold = said.Row.Hold.ToString(),
                    State = said.Row.Phase.ToString(),
                    Attempts = said.Row.Grants.Length,
                    Reason = said.Row.HoldReason,
                };
            }
            catch (LeptonException e) when (e.Code == ProblemCodes.Stale && round < HoldRounds)
            {
                // Somebody else decided in between: decide anew by what the node says now.
            }
        }
    }

    private static MissingRegion Missing(FleetPicture.RegionAnswer answer) => new()
    {
        Region = answer.Region.Value,
        Why = answer.Why!,
        LastHeardAt = answer.HeardAt,
    };
}
