namespace Lepton.Model;

/// <summary>Where a device stands in the hardware: a whole GPU, or one MIG instance of a parent.</summary>
public sealed record DeviceSlice(string Uuid, string? ParentUuid = null, uint? GpuInstance = null, uint? ComputeInstance = null);
