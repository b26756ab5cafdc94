using System.Collections.Immutable;
using Lepton.Scheduling.Placement.Filters;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.Placement.Scorers;

namespace Lepton.Scheduling.Placement;

/// <summary>The only place where filters and scorers are listed, in the order in which they are asked.</summary>
internal static class PlacementPolicies
{
    /// <summary>What devices can fail by, in the order of <see cref="DeviceMiss"/>; asked together, by one look at the devices.</summary>
    public static readonly ImmutableArray<DeviceFilter> DeviceFilters =
    [
        .. Enum.GetValues<DeviceMiss>().Where(m => m != DeviceMiss.None).Select(m => new DeviceFilter(m)),
    ];

    /// <summary>The filters that look at no device, for tasks that need none.</summary>
    public static readonly ImmutableArray<IFilter> PlainFilters =
    [
        new AllowedRegion(),
        new NotAvoided(),
        new NodeSelector(),
        new Constraints(),
        new Ready(),
        new NotHeldBack(),
        new EnoughCpu(),
        new EnoughMemory(),
    ];

    /// <summary>A node counts as turned down by the first that refuses it: what is wrong with the node first, then what does not fit.</summary>
    public static readonly ImmutableArray<IFilter> Filters =
    [
        .. PlainFilters.TakeWhile(f => f is not Ready),
        .. DeviceFilters.Where(f => f.Miss <= DeviceMiss.Interconnect),
        .. PlainFilters.SkipWhile(f => f is not Ready),
        .. DeviceFilters.Where(f => f.Miss > DeviceMiss.Interconnect),
    ];

    /// <summary>Summed up.</summary>
    public static readonly ImmutableArray<IScorer> Scorers = [new BestFit(), new SparesDevices()];

    /// <summary>Compared one after the other: where the data is outweighs what is free.</summary>
    public static readonly ImmutableArray<IRegionScorer> RegionScorers = [new DataLocality(), new FreeShare()];
}
