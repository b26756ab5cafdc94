using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Scheduling.Explaining;

/// <summary>What quotas say to a task, in words: who holds how much of what.</summary>
internal static class QuotaWords
{
    /// <summary>Null when the queue could take it if nobody held anything.</summary>
    public static Verdict? Never(QueueDesk desk, int queue, long[] asked, RegionId region)
    {
        if (desk.Quotas.NeverFits(queue, asked) is not (var never and >= 0)) return null;
        var ceiling = desk.Quotas.Ceiling(queue, never);
        return new(
            PendingReason.QuotaExceeded,
            $"asked {Amount(desk, never, asked[never])}; queue {desk.Tree.NameOf(queue)} of {region} may never hold more than {Amount(desk, never, ceiling)}, borrowed quota included",
            ceiling > 0 ? $"ask at most {Amount(desk, never, ceiling)}" : "submit it to another queue",
            "allow other regions, or raise the quota");
    }

    /// <summary>Null when the queue may take it now.</summary>
    public static Verdict? Judge(QueueDesk desk, int queue, long[] asked, RegionId region)
    {
        if (Never(desk, queue, asked, region) is { } beyond) return beyond;
        if (desk.Quotas.Shortage(queue, asked) is not (var kind and >= 0)) return null;
        var held = desk.Quotas.HeldBy(queue, kind);
        var free = Math.Max(0, desk.Quotas.Available(queue, kind));
        var next = new List<string> { "wait until a task of the queue ends" };
        if (free > 0) next.Add($"ask at most {Amount(desk, kind, free)}");
        next.Add("allow other regions");
        return new(
            PendingReason.QuotaExceeded,
            $"asked {Amount(desk, kind, asked[kind])}; queue {desk.Tree.NameOf(queue)} of {region} holds {Amount(desk, kind, held)} of its {Amount(desk, kind, desk.Quotas.NominalOf(queue, kind))} "
            + $"({Amount(desk, kind, desk.Quotas.BorrowedBy(queue, kind))} borrowed) and may take {Amount(desk, kind, free)} more{Others(desk, queue, kind)}",
            [.. next]);
    }

    /// <summary>A quantity with its unit: cores, bytes or devices.</summary>
    public static string Amount(QueueDesk desk, int kind, long amount) => kind switch
    {
        ResourceKinds.Memory => string.Create(CultureInfo.InvariantCulture, $"{amount / 1073741824.0:0.##} GiB"),
        ResourceKinds.Cpu => string.Create(CultureInfo.InvariantCulture, $"{amount / 1000.0:0.###} cpus"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{amount / 1000.0:0.###} {desk.Kinds.NameOf(kind)}"),
    };

    /// <summary>Who else holds quota of the same cohort, most first.</summary>
    private static string Others(QueueDesk desk, int queue, int kind)
    {
        var top = desk.Tree.TopOf(queue);
        if (top == queue) return "";
        var others = desk.Tree.Queues
            .Where(q => q != queue && desk.Tree.TopOf(q) == top && desk.Quotas.HeldBy(q, kind) > 0)
            .OrderByDescending(q => desk.Quotas.HeldBy(q, kind)).Take(3)
            .Select(q => $"{desk.Tree.NameOf(q)} {Amount(desk, kind, desk.Quotas.HeldBy(q, kind))}").ToList();
        return others.Count == 0 ? "" : $"; of cohort {desk.Tree.NameOf(top)} others hold: {string.Join(", ", others)}";
    }
}
