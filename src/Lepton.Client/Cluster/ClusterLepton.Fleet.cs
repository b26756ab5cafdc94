using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client;

public sealed partial class ClusterLepton
{
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

    private static MissingRegion Missing(FleetPicture.RegionAnswer answer) => new()
    {
        Region = answer.Region.Value,
        Why = answer.Why!,
        LastHeardAt = answer.HeardAt,
    };
}
