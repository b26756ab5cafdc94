namespace Lepton.Model;

/// <summary>One thing that happened to a device, as its driver or its emulation told it.</summary>
/// <param name="Uuid">The device; null when the driver named none, or one that is in no inventory.</param>
/// <param name="Code">XID, error count or return code, by kind.</param>
/// <param name="GpuInstance">MIG GPU instance that alone is concerned; null means the whole device.</param>
/// <param name="Recovery">What the driver asks for, read right after the event; null when it cannot say.</param>
public sealed record DeviceEvent(
    string? Uuid,
    DeviceEventKind Kind,
    long Code,
    uint? GpuInstance,
    uint? ComputeInstance,
    RecoveryAction? Recovery,
    bool Emulated,
    DateTimeOffset At);
