using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>What other regions may know of a region: counts, never tasks. <see cref="At"/> is the region's own clock.</summary>
/// <param name="LargestNode">The most CPU and the most memory that any node has; not always the same node.</param>
/// <param name="NodeSizes">Sizes that no other node surpasses in both: what fits none of them fits no node. Few; unset = not told.</param>
[GenerateSerializer, Immutable, Alias("RegionSummary")]
public sealed record RegionSummary(
    [property: Id(0)] RegionId Region,
    [property: Id(1)] Epoch RegionEpoch,
    [property: Id(2)] long Sequence,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] int Nodes,
    [property: Id(5)] int ReadyNodes,
    [property: Id(6)] Capacity Total,
    [property: Id(7)] Capacity Free,
    [property: Id(8)] Capacity LargestNode,
    [property: Id(9)] int Pending,
    [property: Id(10)] int Running,
    [property: Id(11)] int GuestsHeld,
    [property: Id(12)] ImmutableArray<Capacity> NodeSizes = default)
{
    /// <summary>Its devices by kind, model, size and generation; unset = not told.</summary>
    [Id(13)] public ImmutableArray<DevicePool> Devices { get; init; }

    /// <summary>Every label that some node carries, as <c>name=value</c>, sorted; unset = not told, or too many to tell.</summary>
    [Id(14)] public ImmutableArray<string> Labels { get; init; }

    /// <summary>
    /// The different sets of taints that keep tasks away from nodes, one entry for all nodes with the same; an empty entry: nodes without. Unset = not
    /// told, or too many to tell.
    /// </summary>
    [Id(20)] public ImmutableArray<TaintSet> TaintSets { get; init; }

    /// <summary>What it asks by the hour; null: not told.</summary>
    [Id(21)] public PriceBook? Prices { get; init; }

    /// <summary>What its nodes enforce: each combination that some node has, once, sorted; unset = not told.</summary>
    [Id(22)] public ImmutableArray<IsolationAbilities> Isolations { get; init; }
}

/// <summary>All devices of a region that look the same to a task. Free: on ready nodes, healthy.</summary>
/// <param name="MigProfile">Null: whole devices; else MIG instances of this profile.</param>
/// <param name="Total">Devices that some node has, healthy or not.</param>
/// <param name="FreeWhole">Devices of which nothing is taken.</param>
/// <param name="FreeMilli">Thousandths free on all of them.</param>
/// <param name="MostOnNode">The most that one node has.</param>
/// <param name="MostFreeOnNode">The most that are wholly free on one node.</param>
/// <param name="LargestIsland">The most that are linked all to all on one node.</param>
/// <param name="LargestFreeIsland">The most of those that are wholly free.</param>
/// <param name="LargestFreeShare">Thousandths free on the emptiest device.</param>
/// <param name="Driver">Newest driver under which any of them runs.</param>
/// <param name="Isolation">Everything that any of their nodes enforces.</param>
[GenerateSerializer, Immutable, Alias("DevicePool")]
public sealed record DevicePool(
    [property: Id(0)] DeviceKind Kind,
    [property: Id(1)] string Model,
    [property: Id(2)] long MemoryBytes,
    [property: Id(3)] string? MigProfile,
    [property: Id(4)] ComputeCapability? ComputeCapability,
    [property: Id(5)] bool Emulated,
    [property: Id(6)] int Total,
    [property: Id(7)] int FreeWhole,
    [property: Id(8)] long FreeMilli,
    [property: Id(9)] int MostOnNode,
    [property: Id(10)] int MostFreeOnNode,
    [property: Id(11)] int LargestIsland,
    [property: Id(12)] int LargestFreeIsland,
    [property: Id(13)] int LargestFreeShare,
    [property: Id(14)] string? Driver,
    [property: Id(15)] IsolationAbilities Isolation)
{
    /// <summary>Of the total, those that get no new work now because they are not healthy, or not yet known to be.</summary>
    [Id(16)] public int Unhealthy { get; init; }
}

/// <summary>Taints with <see cref="TaintEffect.NoSchedule"/> that some node of a region has together, sorted.</summary>
[GenerateSerializer, Immutable, Alias("TaintSet")]
public sealed record TaintSet([property: Id(0)] ImmutableArray<Taint> Taints);
