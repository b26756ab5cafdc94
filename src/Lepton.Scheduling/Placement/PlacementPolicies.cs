using System.Collections.Immutable;
using Lepton.Scheduling.Placement.Filters;
using Lepton.Scheduling.Placement.Scorers;

namespace Lepton.Scheduling.Placement;

/// <summary>The only place where filters and scorers are listed, in the order in which they are asked.</summary>
internal static class PlacementPolicies
{
    /// <summary>A node counts as turned down by the first that refuses it: what is wrong with the node first, then what does not fit.</summary>
    public static readonly ImmutableArray<IFilter> Filters =
    [
        new AllowedRegion(),
        new NotAvoided(),
        new HasDevices(),
        new Ready(),
        new EnoughCpu(),
        new EnoughMemory(),
    ];

    /// <summary>Summed up.</summary>
    public static readonly ImmutableArray<IScorer> Scorers = [new BestFit()];

    /// <summary>Compared one after the other: where the data is outweighs what is free.</summary>
    public static readonly ImmutableArray<IRegionScorer> RegionScorers = [new DataLocality(), new FreeShare()];
}
