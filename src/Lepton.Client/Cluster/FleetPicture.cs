using System.Collections.Concurrent;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>What all regions say of themselves, asked at once, and what was last known of those that do not answer.</summary>
internal sealed class FleetPicture(MachineAsker asker, RegionDirectory directory, TimeProvider time)
{
    /// <summary>How old a picture may be for a decision that would accept.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RegionId, (RegionSummary Summary, DateTimeOffset HeardAt)> _last = new();
    private (IReadOnlyList<RegionAnswer> Answers, DateTimeOffset At)? _picture;

    /// <summary>A region's view, or why there is none and what was last heard.</summary>
    public sealed record RegionAnswer(RegionId Region, RegionView? View, string? Why, RegionSummary? Last, DateTimeOffset? HeardAt);

    /// <summary>A picture not older than <see cref="Recent"/>.</summary>
    public async Task<IReadOnlyList<RegionAnswer>> OfLately(CancellationToken cancel) =>
        _picture is { } known && time.GetUtcNow() - known.At < Recent ? known.Answers : await Now(cancel);

    /// <summary>Asks all regions now.</summary>
    public async Task<IReadOnlyList<RegionAnswer>> Now(CancellationToken cancel)
    {
        var answers = await Ask([.. directory.Regions.Select(r => r.Region)], cancel);
        _picture = (answers, time.GetUtcNow());
        return answers;
    }

    /// <summary>Asks some regions now.</summary>
    public async Task<IReadOnlyList<RegionAnswer>> Ask(IReadOnlyList<RegionId> regions, CancellationToken cancel)
    {
        var replies = await Task.WhenAll(regions.Select(async region => (Region: region, Reply: await Try(region, cancel))));
        var now = time.GetUtcNow();
        foreach (var (region, (view, _)) in replies)
        {
            if (view is null) continue;
            _last[region] = (view.Summary, now);
            foreach (var peer in view.Peers) Remember(peer);
        }

        return
        [
            .. replies.Select(r => r.Reply.View is { } view
                ? new RegionAnswer(r.Region, view, null, view.Summary, now)
                : _last.TryGetValue(r.Region, out var last)
                    ? new RegionAnswer(r.Region, null, r.Reply.Why, last.Summary, last.HeardAt)
                    : new RegionAnswer(r.Region, null, r.Reply.Why, null, null)),
        ];
    }

    private void Remember(PeerView peer)
    {
        if (peer is not { Summary: { } summary, HeardAt: { } heardAt }) return;
        _last.AddOrUpdate(peer.Region, (summary, heardAt), (_, old) => old.HeardAt >= heardAt ? old : (summary, heardAt));
    }

    private async Task<(RegionView? View, string? Why)> Try(RegionId region, CancellationToken cancel)
    {
        try
        {
            return (await asker.Ask<RegionView>(Address.Of(region), AskRegion.Now, cancel), null);
        }
        catch (LeptonException e)
        {
            return (null, e.Message);
        }
    }
}
