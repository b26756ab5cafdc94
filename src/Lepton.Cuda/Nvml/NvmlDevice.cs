namespace Lepton.Cuda.Nvml;

/// <summary>A device with its handle. Handles are of one enumeration: after a reset they are resolved anew, by UUID.</summary>
internal sealed record NvmlDevice(nint Handle, DeviceFingerprint Facts)
{
    /// <summary>A MIG instance tells its memory and processes only; everything else is its parent's.</summary>
    public bool IsInstance => Facts.ParentUuid is not null;
}
