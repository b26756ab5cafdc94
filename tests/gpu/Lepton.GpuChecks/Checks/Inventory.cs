using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Lepton.Cuda;

namespace Lepton.GpuChecks.Checks;

/// <summary>What the binding tells, beside what nvidia-smi tells.</summary>
internal static class Inventory
{
    public static void Tell(DeviceInventory inventory)
    {
        Line.Print("driver", null, ("driver", inventory.DriverVersion), ("library", inventory.LibraryVersion), ("cuda", inventory.CudaVersion?.ToString()), ("unreadable", inventory.Unreadable.Length));
        foreach (var d in inventory.Devices)
        {
            Line.Print(
                "device", null, ("uuid", Hidden(d.Uuid)), ("name", d.Name), ("bus", d.PciBusId), ("numa", d.NumaNode), ("capability", d.ComputeCapability?.ToString()),
                ("memory_bytes", d.MemoryBytes), ("reserved_bytes", d.ReservedBytes), ("mig_mode", d.MigMode), ("instance", d.ParentUuid is not null), ("nvlinks", d.ActiveNvLinks));
        }

        foreach (var link in inventory.Links) Line.Print("link", null, ("a", Hidden(link.UuidA)), ("b", Hidden(link.UuidB)), ("nearest", link.Nearest?.ToString()), ("nvlink", link.NvLink));
    }

    public static async Task Compare(DeviceInventory inventory)
    {
        string text;
        try
        {
            using var smi = Process.Start(new ProcessStartInfo(
                "nvidia-smi", ["--query-gpu=uuid,pci.bus_id,memory.total,memory.reserved,driver_version", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true })!;
            text = await smi.StandardOutput.ReadToEndAsync();
            await smi.WaitForExitAsync();
        }
        catch (Win32Exception)
        {
            Line.Print("against nvidia-smi", null, ("why", "nvidia-smi is not in the PATH"));
            return;
        }

        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var f = line.Split(',', StringSplitOptions.TrimEntries);
            var ours = inventory.Devices.FirstOrDefault(d => d.Uuid == f[0]);
            Line.Print(
                "against nvidia-smi",
                ours is not null && string.Equals(ours.PciBusId, f[1], StringComparison.OrdinalIgnoreCase) && Same(ours.MemoryBytes, f[2]) && Same(ours.ReservedBytes, f[3]) && inventory.DriverVersion == f[4],
                ("uuid", Hidden(f[0])), ("bus", f[1]), ("our_bus", ours?.PciBusId), ("total_mib", f[2]), ("our_total_bytes", ours?.MemoryBytes), ("reserved_mib", f[3]), ("our_reserved_bytes", ours?.ReservedBytes));
        }

    }

    /// <summary>The kind and the end are enough to tell devices apart, and name none of them outside of its house.</summary>
    public static string Hidden(string uuid) => uuid.Length > 8 ? $"{uuid[..4]}...{uuid[^4..]}" : uuid;

    /// <summary>nvidia-smi rounds to whole MiB.</summary>
    private static bool Same(long? bytes, string mebibytes) =>
        bytes is { } b && double.TryParse(mebibytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var m) && Math.Abs((b / 1048576.0) - m) <= 1;
}
