using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Explaining;

/// <summary>Why a task that could be placed is not: the verdict of every region of the fleet, and the one that counts.</summary>
/// <remarks>
/// The dominant reason is that of the allowed region with the earliest estimated start; a region that says it has room now counts as now. After those come
/// regions that answer and know no start, then silent ones, then those where it never can. Ties go by <see cref="Soonest"/>, to the own region, by name.
/// </remarks>
internal static class Explainer
{
    /// <summary>Nearest to a start first: tiers from the last to the first, as far as regions give them.</summary>
    private static readonly ImmutableArray<PendingReason> Soonest =
    [
        PendingReason.BehindInQueue,
        PendingReason.InsufficientCapacity,
        PendingReason.Fragmented,
        PendingReason.GangIncomplete,
        PendingReason.SpreadImpossible,
        PendingReason.QuotaExceeded,
        PendingReason.NoEligibleNode,
        PendingReason.RegionUnreachable,
        PendingReason.Unsatisfiable,
        PendingReason.Misconfigured,
    ];

    /// <param name="start">When it would start in the own region, as far as anybody knows; asked only where it decides.</param>
    public static (Verdict Dominant, ImmutableArray<RegionVerdict> Regions) Judge(
        TaskShape shape, RegionId self, NodeLedger ledger, PeerBook peers, DateTimeOffset now, Verdict? quota = null, Func<DateTimeOffset?>? start = null)
    {
        var (own, ownRegion) = OwnRegion.Judge(shape, self, ledger);
        if (quota is not null && shape.Allows(self) && own.Reason is not PendingReason.Unsatisfiable)
        {
            own = quota;
            ownRegion = ownRegion with { Reason = quota.Reason, Evidence = quota.Evidence };
        }

        var isOpen = peers.Fleet.Length > 0 && quota is null && !IsForGood(own.Reason) && own.Reason is not PendingReason.BehindInQueue;
        var verdicts = new List<(RegionId Region, Verdict Verdict, DateTimeOffset? Start)> { (self, own, isOpen ? start?.Invoke() : null) };
        var regions = ImmutableArray.CreateBuilder<RegionVerdict>();
        regions.Add(ownRegion);
        foreach (var peer in peers.Fleet)
        {
            var (verdict, region) = OtherRegion.Judge(shape, peer, peers, now);
            verdicts.Add((peer.Region, verdict, null));
            regions.Add(region);
        }

        return (Dominant(shape, self, peers, verdicts, now), regions.ToImmutable());
    }

    /// <summary>Of the verdicts of all regions, the own first, the one that counts.</summary>
    public static Verdict Dominant(
        TaskShape shape, RegionId self, PeerBook peers, IEnumerable<(RegionId Region, Verdict Verdict, DateTimeOffset? Start)> verdicts, DateTimeOffset now) =>
        verdicts.Where(v => shape.Allows(v.Region)).OrderBy(v => RankOf(v.Verdict.Reason, v.Start, now)).Select(v => v.Verdict).FirstOrDefault()
        ?? NowhereAllowed(shape, self, peers);

    private static (int Class, DateTimeOffset Start, int Tier) RankOf(PendingReason reason, DateTimeOffset? start, DateTimeOffset now)
    {
        var tier = Soonest.IndexOf(reason);
        if (IsForGood(reason)) return (3, DateTimeOffset.MaxValue, tier);
        if (reason == PendingReason.RegionUnreachable) return (2, DateTimeOffset.MaxValue, tier);
        var at = start ?? (reason == PendingReason.BehindInQueue ? now : null);
        return at is { } known ? (0, known > now ? known : now, tier) : (1, DateTimeOffset.MaxValue, tier);
    }

    /// <summary>Whether a region's verdict stays as it is, whatever ends there or joins of what there is.</summary>
    public static bool IsForGood(PendingReason reason) =>
        reason is PendingReason.Unsatisfiable or PendingReason.Misconfigured or PendingReason.RegionNotAllowed or PendingReason.ResidencyForbids;

    private static string Lies(TaskShape shape) => string.Join(" and ", shape.Data.All.ToArray().Select(d => d.Region));

    private static Verdict NowhereAllowed(TaskShape shape, RegionId self, PeerBook peers)
    {
        var fleet = string.Join(", ", peers.Fleet.ToArray().Select(p => p.Region).Append(self).Order());
        if (shape.Residency is { } residency && !peers.Fleet.ToArray().Select(p => p.Region).Append(self).Any(residency.Allows))
        {
            return new(PendingReason.ResidencyForbids, $"its job may be in {residency}; the fleet is {fleet}", "submit it again with a residency that the fleet has");
        }

        return new(
            PendingReason.RegionNotAllowed,
            shape.PinnedTo is { } pin
                ? $"its input is a file in {pin}, where it may not run or which is no region; the fleet has {peers.Fleet.Length + 1}: {fleet}"
                : shape.IsBoundToData
                ? $"must run where all of its data lie, {Lies(shape)}, which is no region of the fleet that it may run in; the fleet has {peers.Fleet.Length + 1}: {fleet}"
                : $"0 of {peers.Fleet.Length + 1} regions are allowed; the fleet is {fleet}",
            "change the regions or the input of the task");
    }
}
