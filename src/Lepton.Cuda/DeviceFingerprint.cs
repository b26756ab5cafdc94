using Lepton.Model;

namespace Lepton.Cuda;

/// <summary>One device as it is, not as it does. Identity is <see cref="Uuid"/>; the index is for display only.</summary>
/// <param name="Placeable">False for a GPU in MIG mode: its instances are placed on, not the GPU.</param>
/// <param name="ParentUuid">The GPU of a MIG instance; null for a GPU.</param>
/// <param name="ReservedBytes">Memory the driver keeps; null when it cannot say. Admission counts total less reserved.</param>
/// <param name="ActiveNvLinks">Null when the device cannot say.</param>
public sealed record DeviceFingerprint(
    string Uuid,
    string Name,
    int Index,
    string? PciBusId,
    int? NumaNode,
    Version? ComputeCapability,
    long? MemoryBytes,
    long? ReservedBytes,
    bool MigMode,
    bool Placeable,
    string? ParentUuid,
    uint? GpuInstance,
    uint? ComputeInstance,
    int? ActiveNvLinks,
    bool Emulated)
{
    public DeviceSlice Slice => new(Uuid, ParentUuid, GpuInstance, ComputeInstance);
}
