using Orleans;

namespace Lepton.Model;

/// <summary>One device of a node as its agent tells it. Identity is <see cref="Uuid"/>; emulated devices say so.</summary>
/// <param name="Model">Short name that people ask for: <c>H100</c>, <c>A100</c>. A MIG instance has that of its GPU.</param>
/// <param name="MemoryBytes">What tasks can be given: total less what the driver keeps.</param>
[GenerateSerializer, Immutable, Alias("Device")]
public sealed record Device(
    [property: Id(0)] string Uuid,
    [property: Id(1)] DeviceKind Kind,
    [property: Id(2)] string Model,
    [property: Id(3)] long MemoryBytes,
    [property: Id(4)] bool Emulated)
{
    /// <summary>Devices of one node with the same number are linked all to all (NVLink); null: linked to none.</summary>
    [Id(5)] public int? Island { get; init; }

    /// <summary>The GPU of a MIG instance; null for a whole device.</summary>
    [Id(6)] public string? ParentUuid { get; init; }

    /// <summary>Profile of a MIG instance as the driver names it: <c>3g.40gb</c>.</summary>
    [Id(7)] public string? MigProfile { get; init; }

    [Id(8)] public uint? GpuInstance { get; init; }

    [Id(9)] public uint? ComputeInstance { get; init; }

    /// <summary>A GPU in MIG mode: its instances are placed on, not the GPU itself.</summary>
    [Id(10)] public bool MigMode { get; init; }

    /// <summary>Null when the device cannot say; a MIG instance has that of its GPU.</summary>
    [Id(11)] public ComputeCapability? ComputeCapability { get; init; }

    /// <summary>The driver's full name: <c>NVIDIA H100 80GB HBM3</c>.</summary>
    [Id(12)] public string? FullName { get; init; }

    /// <summary>For display only: it may differ after the next boot.</summary>
    [Id(13)] public int Index { get; init; }

    [Id(14)] public string? BusId { get; init; }

    /// <summary>Where it stands in the hardware, so that an event finds whom it concerns.</summary>
    public DeviceSlice Slice => new(Uuid, ParentUuid, GpuInstance, ComputeInstance);

    public bool IsInstance => ParentUuid is not null;
}
