using Orleans;

namespace Lepton.Model;

/// <summary>One thing that happened to a device, as its driver or its emulation told it.</summary>
/// <param name="Uuid">The device; null when the driver named none, or one that is in no inventory.</param>
/// <param name="Code">XID, error count or return code, by kind.</param>
/// <param name="GpuInstance">MIG GPU instance that alone is concerned; null means the whole device.</param>
/// <param name="Recovery">What the driver asks for, read right after the event; null when it cannot say.</param>
[GenerateSerializer, Immutable, Alias("DeviceEvent")]
public sealed record DeviceEvent(
    [property: Id(0)] string? Uuid,
    [property: Id(1)] DeviceEventKind Kind,
    [property: Id(2)] long Code,
    [property: Id(3)] uint? GpuInstance,
    [property: Id(4)] uint? ComputeInstance,
    [property: Id(5)] RecoveryAction? Recovery,
    [property: Id(6)] bool Emulated,
    [property: Id(7)] DateTimeOffset At);
