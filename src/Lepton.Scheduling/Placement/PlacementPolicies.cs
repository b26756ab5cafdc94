using System.Collections.Immutable;
using Lepton.Model;
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
        new Tolerated(),
        new Isolation(),
        new Ready(),
        new NotHeldBack(),
        new EnoughCpu(),
        new EnoughMemory(),
    ];

    /// <summary>What tasks that run here, or are on their way, stand against: asked last, so that a node counts here that has room.</summary>
    public static readonly ImmutableArray<IFilter> NearFilters = [new Affinity(), new AntiAffinity(), new Spread()];

    /// <summary>A node counts as turned down by the first that refuses it: what is wrong with the node first, then what does not fit.</summary>
    public static readonly ImmutableArray<IFilter> Filters =
    [
        .. PlainFilters.TakeWhile(f => f is not Ready),
        .. DeviceFilters.Where(f => f.Miss <= DeviceMiss.Interconnect),
        .. PlainFilters.SkipWhile(f => f is not Ready),
        .. DeviceFilters.Where(f => f.Miss > DeviceMiss.Interconnect),
        .. NearFilters,
    ];

    /// <summary>
    /// What a person wished and what keeps a gang together, compared before <see cref="Scorers"/>: however well a node packs, it is taken after those that fulfil
    /// more wishes.
    /// </summary>
    public static readonly ImmutableArray<IScorer> Wishes = [new Welcome(), new NearWishes(), new GangTogether()];

    /// <summary>
    /// What a fulfilled wish outweighs: the sum of all other scores a million times over, so that even the step from the thousandth task of a failure domain
    /// to the next counts for more.
    /// </summary>
    public const double WishWeight = 1e6;

    /// <summary>The same as a cost of devices; more than any other cost can differ by, and little enough for those to count behind it.</summary>
    public const float WishCost = 65_536;

    /// <summary>Summed up.</summary>
    public static readonly ImmutableArray<IScorer> Scorers = [new BestFit(), new SparesDevices()];

    /// <summary>Summed up by the weights of the region (<see cref="WeightOf"/>): where the data is outweighs everything else.</summary>
    public static readonly ImmutableArray<IRegionScorer> RegionScorers = [new DataLocality(), new FreeShare(), new LowPrice(), new LowLatency()];

    /// <summary>More than all other weights together.</summary>
    private const double DataWeight = 1_000;

    /// <summary>How much a scorer of regions counts; 0 = it is not asked.</summary>
    public static double WeightOf(IRegionScorer scorer, RegionSettings settings) => scorer switch
    {
        DataLocality => DataWeight,
        FreeShare => settings.LoadWeight,
        LowPrice => settings.PriceWeight,
        LowLatency => settings.LatencyWeight,
        _ => throw new ArgumentOutOfRangeException(nameof(scorer), scorer.Name, "It has no weight."),
    };
}
