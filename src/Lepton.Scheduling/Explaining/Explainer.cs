using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Explaining;

/// <summary>Why a task that could be placed is not: the verdict of every region of the fleet, and the one that counts.</summary>
/// <remarks>
/// The dominant reason is that of the allowed region where it can start soonest: on its way, then full, then split up, then beyond its quota, then
/// without ready nodes, then silent, then never. Ties go to the own region, then by name.
/// </remarks>
internal static class Explainer
{
    /// <summary>Soonest start first.</summary>
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

    public static (Verdict Dominant, ImmutableArray<RegionVerdict> Regions) Judge(
        TaskShape shape, RegionId self, NodeLedger ledger, PeerBook peers, DateTimeOffset now, Verdict? quota = null)
    {
        var (own, ownRegion) = OwnRegion.Judge(shape, self, ledger);
        if (quota is not null && shape.Allows(self) && own.Reason is not PendingReason.Unsatisfiable)
        {
            own = quota;
            ownRegion = ownRegion with { Reason = quota.Reason, Evidence = quota.Evidence };
        }

        var verdicts = new List<(RegionId Region, Verdict Verdict)> { (self, own) };
        var regions = ImmutableArray.CreateBuilder<RegionVerdict>();
        regions.Add(ownRegion);
        foreach (var peer in peers.Fleet)
        {
            var (verdict, region) = OtherRegion.Judge(shape, peer, peers, now);
            verdicts.Add((peer.Region, verdict));
            regions.Add(region);
        }

        return (Dominant(shape, self, peers, verdicts), regions.ToImmutable());
    }

    /// <summary>Of the verdicts of all regions the one that counts.</summary>
    public static Verdict Dominant(TaskShape shape, RegionId self, PeerBook peers, IEnumerable<(RegionId Region, Verdict Verdict)> verdicts) =>
        verdicts.Where(v => shape.Allows(v.Region)).OrderBy(v => Soonest.IndexOf(v.Verdict.Reason)).Select(v => v.Verdict).FirstOrDefault()
        ?? NowhereAllowed(shape, self, peers);

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
