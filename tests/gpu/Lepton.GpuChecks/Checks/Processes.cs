using System.Diagnostics;
using Lepton.Cuda;

namespace Lepton.GpuChecks.Checks;

/// <summary>How soon the driver lists a process and its memory, and how soon after a kill it lists them no more: until then a grant stays taken.</summary>
internal static class Processes
{
    private const long Mebibytes = 512;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task Check(DeviceLayer layer, DeviceFingerprint device)
    {
        var usedBefore = Used(layer, device);
        foreach (var (name, mebibytes) in new[] { ("idle context", 0L), ("allocation", Mebibytes) })
        {
            using var child = new Child(device.Uuid, "hold", $"{mebibytes}");
            var said = await child.Says(s_patience);
            if (said != "held")
            {
                Line.Print($"process with {name}", false, ("said", said ?? "nothing"));
                continue;
            }

            var (listed, appeared) = await Until(layer, device, processes => processes.Any(p => p.Pid == child.Pid));
            var mine = listed?.FirstOrDefault(p => p.Pid == child.Pid);
            var usedWith = Used(layer, device);
            child.Kill();
            var (_, gone) = await Until(layer, device, processes => processes.All(p => p.Pid != child.Pid));
            var back = await MemoryBack(layer, device, usedBefore);
            Line.Print(
                $"process with {name}",
                appeared is not null && gone is not null && back is not null && (mebibytes == 0 || mine?.UsedBytes is null || mine.UsedBytes >= mebibytes << 20),
                ("listed_after_ms", appeared), ("process_bytes", mine?.UsedBytes), ("device_bytes", usedWith - usedBefore),
                ("unlisted_after_kill_ms", gone), ("memory_back_after_ms", back), ("pids_listed", listed is null ? null : string.Join(' ', listed.Select(p => p.Pid))), ("pid", child.Pid));
        }
    }

    private static async Task<(IReadOnlyList<DeviceProcess>? Listed, double? Milliseconds)> Until(DeviceLayer layer, DeviceFingerprint device, Func<IReadOnlyList<DeviceProcess>, bool> isSo)
    {
        var begun = Stopwatch.GetTimestamp();
        IReadOnlyList<DeviceProcess>? last = null;
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20))
        {
            var found = await layer.Probe.ProcessesAsync(device.Uuid, CancellationToken.None);
            if (found.Ok)
            {
                last = found.Value.Processes;
                if (isSo(last)) return (last, Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1));
            }

            await Task.Delay(2);
        }

        return (last, null);
    }

    private static async Task<double?> MemoryBack(DeviceLayer layer, DeviceFingerprint device, long? before)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20))
        {
            if (Used(layer, device) <= before + (16L << 20)) return Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1);
            await Task.Delay(2);
        }

        return null;
    }

    private static long? Used(DeviceLayer layer, DeviceFingerprint device)
    {
        var samples = new DeviceSample[layer.Sampler.Count];
        var count = layer.Sampler.Sweep(samples).Count;
        return samples.Take(count).FirstOrDefault(s => s.Uuid == device.Uuid).MemoryUsedBytes.Value;
    }
}
