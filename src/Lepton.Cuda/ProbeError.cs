using Lepton.Cuda.Nvml;

namespace Lepton.Cuda;

/// <summary>A clean report of what went wrong, where, and what can be done.</summary>
public sealed record ProbeError(ProbeFailure Failure, NvmlReturn? Code, string Where, string Text)
{
    internal static ProbeError Of(NvmlReturn code, string where) => code switch
    {
        NvmlReturn.DriverNotLoaded => new(ProbeFailure.DriverNotLoaded, code, where,
            "The NVIDIA library is here, its driver is not loaded. Maybe load the module nvidia, or configure no devices for this machine."),
        NvmlReturn.LibRmVersionMismatch => new(ProbeFailure.VersionMismatch, code, where,
            "Driver and library are of different versions, as after an upgrade. Maybe restart the agent; if it stays, reboot."),
        NvmlReturn.GpuIsLost => new(ProbeFailure.DeviceLost, code, where, "The driver no longer reaches the device."),
        NvmlReturn.NoPermission => new(ProbeFailure.NoPermission, code, where, "This user may not ask that. Maybe the device files are not readable for it."),
        NvmlReturn.NotSupported or NvmlReturn.FunctionNotFound => new(ProbeFailure.NotSupported, code, where, "This driver or device does not tell that."),
        NvmlReturn.NotFound or NvmlReturn.GpuNotFound => new(ProbeFailure.UnknownDevice, code, where, "The driver knows no such device."),
        _ => new(ProbeFailure.Other, code, where, $"The driver answered {code} ({(int)code})."),
    };

    internal static ProbeError Hung(string where, TimeSpan limit) =>
        new(ProbeFailure.Hung, null, where, $"The call did not come back within {limit.TotalSeconds:0.###} s. Nothing more is asked until it does.");

    public override string ToString() => $"{Where}: {Failure}. {Text}";
}
