using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>A machine as its agent declares it.</summary>
[GenerateSerializer, Immutable, Alias("NodeSpec")]
public sealed record NodeSpec(
    [property: Id(0)] Capacity Capacity,
    [property: Id(1)] ImmutableArray<Device> Devices,
    [property: Id(2)] ImmutableSortedDictionary<string, string> Labels,
    [property: Id(3)] string AgentVersion);
