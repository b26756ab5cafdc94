using Lepton.Cuda;
using Lepton.Model;

namespace Lepton.Cli.Doctor;

/// <summary>Whether an agent here could offer GPUs: library, driver and each device, as the agent's own binding reads them.</summary>
internal static class DeviceChecks
{
    private const string Check = "gpu";
    private const string Library = "libnvidia-ml.so.1";

    /// <summary>Bits of the driver for clocks held down by heat or power: hardware slowdown, thermal slowdown of software and hardware, power brake.</summary>
    private const long HeldDown = 0x8 | 0x20 | 0x40 | 0x80;

    public static IEnumerable<Finding> All(IMachine machine, string? library)
    {
        var look = machine.Devices(library);
        var driver = machine.Read("/proc/driver/nvidia/version")?.Split('\n')[0].Trim();
        if (look.Inventory is not { } inventory) return [None(look.Error!, driver ?? (machine.Exists("/dev/nvidiactl") ? "devices in /dev" : null), library)];
        var found = new List<Finding> { Offered(inventory) };
        found.AddRange(inventory.Unreadable.Select(u => Unreadable(u, driver)));
        found.AddRange(inventory.Devices.Where(d => d.MigMode && !inventory.Devices.Any(i => i.ParentUuid == d.Uuid)).Select(WithoutInstances));
        if (look.Error is { } hung) found.Add(Finding.Fail(Check, hung.ToString(), "A process or the driver hangs: dmesg names it. Drain the node, then restart the machine."));
        foreach (var sample in look.Samples) found.AddRange(Judge(sample));
        return found;
    }

    private static Finding None(ProbeError error, string? driver, string? library) => error.Failure switch
    {
        ProbeFailure.LibraryNotFound when library is not null => Finding.Fail(Check, $"{library} cannot be loaded", "Correct --nvml-library, or leave it out: the usual folders are looked through."),
        ProbeFailure.LibraryNotFound when driver is null => Finding.Ok(Check, "no NVIDIA driver: this machine has no GPUs to offer"),
        ProbeFailure.LibraryNotFound => Finding.Warn(Check, $"a driver ({driver}) without {Library}", "Install the driver's user-space library; in a container, run it with GPU access."),
        ProbeFailure.DriverNotLoaded => Finding.Warn(Check, $"{Library} without a loaded driver", "Load it (modprobe nvidia; dmesg says why it does not load), or remove the library."),
        ProbeFailure.VersionMismatch => Finding.Fail(
            Check, $"the driver's library is of another version than the loaded driver{(driver is null ? "" : $" ({driver})")}, as after an upgrade", "Drain this node and restart its agent; if it stays, reboot."),
        ProbeFailure.LibraryUnusable => Finding.Fail(Check, error.Text, "Install the driver and its library from one package, 510 or newer."),
        ProbeFailure.NoPermission => Finding.Warn(Check, error.ToString(), "Give this user access to /dev/nvidia*, for example by the group of these files."),
        ProbeFailure.Hung => Finding.Fail(Check, $"the driver hangs: {error.Text}", "dmesg may name the device. Drain this node, then restart the machine."),
        _ => Finding.Fail(Check, error.ToString(), "nvidia-smi and dmesg may say more; an agent here offers no GPUs until it is mended."),
    };

    private static Finding Offered(DeviceInventory inventory)
    {
        var kinds = inventory.Devices.Where(d => d.Placeable).GroupBy(d => d.Name).Select(g => $"{g.Count()} x {g.Key}").ToList();
        var said = $"driver {inventory.DriverVersion ?? "unknown"}, CUDA {inventory.CudaVersion?.ToString() ?? "unknown"}: {(kinds.Count == 0 ? "nothing to place on" : string.Join(", ", kinds))}";
        return kinds.Count > 0
            ? Finding.Ok(Check, said)
            : Finding.Warn(Check, said, "lspci shows what stands in the machine; in a container, run it with GPU access.");
    }

    private static Finding Unreadable(UnreadableDevice device, string? driver) => Finding.Fail(
        Check,
        $"GPU number {device.Index} is counted by the driver{(driver is null ? "" : $" ({driver})")} and cannot be read: {device.Error}",
        "Its tasks go on elsewhere. Empty the machine and restart it; a GPU that is lost again wants to be exchanged.");

    private static Finding WithoutInstances(DeviceFingerprint device) => Finding.Warn(
        Check, $"{device.Uuid} is in MIG mode and has no instances: nothing can be placed on it", "Make instances (nvidia-smi mig -cgi PROFILE -C), or leave MIG mode.");

    private static IEnumerable<Finding> Judge(DeviceSample device)
    {
        if (device.Lost)
        {
            yield return Finding.Fail(Check, $"{device.Uuid} is lost: the driver no longer reaches it", "Its tasks go on elsewhere. Empty the machine and restart it; a GPU that is lost again wants to be exchanged.");
            yield break;
        }

        if ((RecoveryAction?)device.RecoveryAction.Value is { } action and not RecoveryAction.None)
            yield return Finding.Fail(Check, $"{device.Uuid}: the driver asks for {action}", "Lepton drains it by itself. Do it when its tasks have left.");
        if (device.RowRemapFailed.Value is > 0) yield return Finding.Fail(Check, $"{device.Uuid}: bad memory could not be replaced by spare rows", "Exchange the GPU.");
        if (device.RowRemapPending.Value is > 0) yield return Finding.Warn(Check, $"{device.Uuid}: spare memory rows wait to be taken into use", "Reset it (nvidia-smi -r -i UUID) when its tasks have left.");
        if (device.EccUncorrected.Value is > 0 and { } errors) yield return Finding.Warn(Check, $"{device.Uuid}: {errors} uncorrected memory errors since the driver was loaded", "Reset it when its tasks have left; if more come, exchange it.");
        if (device.ClockReasons.Value is { } reasons && (reasons & HeldDown) != 0)
            yield return Finding.Warn(Check, $"{device.Uuid}: clocks are held down by heat or power{(device.TemperatureCelsius.Value is { } celsius ? $" ({celsius} °C)" : "")}", "Look at its cooling and power supply.");
    }
}
