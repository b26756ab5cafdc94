using Orleans;

namespace Lepton.Model;

/// <summary>One device of a node as its agent tells it. Identity is <see cref="Uuid"/>; emulated devices say so.</summary>
[GenerateSerializer, Immutable, Alias("Device")]
public sealed record Device(
    [property: Id(0)] string Uuid,
    [property: Id(1)] DeviceKind Kind,
    [property: Id(2)] string Model,
    [property: Id(3)] long MemoryBytes,
    [property: Id(4)] bool Emulated);
