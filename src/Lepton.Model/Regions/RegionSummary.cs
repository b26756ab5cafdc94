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
    [property: Id(12)] ImmutableArray<Capacity> NodeSizes = default);
