using Lepton.Cuda;
using Lepton.Cuda.Nvml;
using Lepton.Model;

namespace Lepton.Agent.Devices;

/// <summary>From a sample of the driver to what is told of it.</summary>
internal static class DeviceReadings
{
    /// <param name="sample">Of the device.</param>
    /// <param name="parent">Of the GPU of a MIG instance, which alone tells power, use and health; the sample itself for a GPU.</param>
    /// <param name="at">Time of the sweep.</param>
    public static DeviceLoad Load(in DeviceSample sample, in DeviceSample parent, DateTimeOffset at) => new(
        sample.Uuid,
        at,
        sample.KernelPercent.Value,
        sample.MemoryUsedBytes.Value,
        parent.TemperatureCelsius.Value,
        sample.PowerMilliwatts.Value,
        IsSilent(sample) || IsSilent(parent) ? null : Health(sample, parent));

    /// <summary>Says neither what it has nor that it is lost: no reading, and above all no good one.</summary>
    public static bool IsSilent(in DeviceSample sample) =>
        sample.MemoryTotalBytes.Code is not (NvmlReturn.Success or NvmlReturn.GpuIsLost or NvmlReturn.NotSupported or NvmlReturn.NoPermission) && !sample.Lost;

    /// <summary>A device of which the sweep read nothing because the driver does not list it any more.</summary>
    public static DeviceLoad Unreachable(string uuid, DateTimeOffset at) => new(uuid, at, null, null, null, null, new DeviceReading(true, null, null, null));

    public static DeviceReading Health(in DeviceSample sample, in DeviceSample parent) => new(
        sample.Lost || parent.Lost,
        (RecoveryAction?)parent.RecoveryAction.Value,
        parent.RowRemapPending.Value is { } pending ? pending != 0 : null,
        parent.RowRemapFailed.Value is { } failed ? failed != 0 : null);
}
