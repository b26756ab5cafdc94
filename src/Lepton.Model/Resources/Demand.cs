using Orleans;

namespace Lepton.Model;

/// <summary>What one task asks of a node: CPU and memory always, devices of one kind and model if any.</summary>
[GenerateSerializer, Immutable, Alias("Demand")]
public sealed record Demand(
    [property: Id(0)] Capacity Capacity,
    [property: Id(1)] DeviceKind Kind = DeviceKind.Cpu,
    [property: Id(2)] int Devices = 0,
    [property: Id(3)] string? Model = null);
