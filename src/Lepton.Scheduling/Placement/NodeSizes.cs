using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Placement;

/// <summary>The sizes of a region's nodes that count when it is asked whether something could ever fit there.</summary>
internal static class NodeSizes
{
    /// <summary>Sizes a summary names at most; more are put together, which promises too much rather than too little.</summary>
    private const int Limit = 8;

    /// <summary>Sizes that no other surpasses in both CPU and memory, most CPU first. Cost: O(n log n).</summary>
    public static ImmutableArray<Capacity> Of(IEnumerable<Capacity> nodes)
    {
        var sizes = new List<Capacity>();
        foreach (var size in nodes.Distinct().OrderByDescending(n => n.MilliCpu).ThenByDescending(n => n.MemoryBytes))
        {
            if (sizes.Count > 0 && size.MemoryBytes <= sizes[^1].MemoryBytes) continue;
            sizes.Add(size);
        }

        if (sizes.Count <= Limit) return [.. sizes];
        var rest = new Capacity(sizes[Limit - 1].MilliCpu, sizes[^1].MemoryBytes);
        return [.. sizes.Take(Limit - 1), rest];
    }

    /// <summary>Whether a region that says this of itself has a node large enough, were it empty.</summary>
    public static bool CouldHold(RegionSummary summary, Capacity asked)
    {
        if (summary.NodeSizes.IsDefaultOrEmpty) return summary.LargestNode.Fits(asked);
        foreach (var size in summary.NodeSizes)
        {
            if (size.Fits(asked)) return true;
        }

        return false;
    }

    /// <summary>The size that covers most of what is asked.</summary>
    public static Capacity Nearest(RegionSummary summary, Capacity asked) =>
        summary.NodeSizes.IsDefaultOrEmpty ? summary.LargestNode : summary.NodeSizes.MaxBy(size => Explaining.OwnRegion.Covers(asked, size));
}
