using System.Collections.Immutable;

namespace Lepton.Cuda;

/// <summary>What stands in this machine, with its versions: facts that do not change while it runs.</summary>
/// <param name="BootId">Boot of the machine; null where it cannot be read.</param>
/// <param name="Unreadable">Devices that the driver counts but does not tell of.</param>
public sealed record DeviceInventory(
    ProbeKind Kind,
    bool Emulated,
    string? DriverVersion,
    string? LibraryVersion,
    Version? CudaVersion,
    string? BootId,
    ImmutableArray<DeviceFingerprint> Devices,
    ImmutableArray<DeviceLink> Links,
    ImmutableArray<UnreadableDevice> Unreadable);
