using System.Diagnostics;
using System.Text.Json.Nodes;
using Lepton.Cuda;

namespace Lepton.GpuChecks.Checks;

/// <summary>Every figure with the driver's answer, and what a sweep costs.</summary>
internal static class Sampling
{
    public static void Tell(DeviceLayer layer)
    {
        var samples = new DeviceSample[layer.Sampler.Count];
        var outcome = layer.Sampler.Sweep(samples);
        foreach (var s in samples.AsSpan(0, outcome.Count))
        {
            (string Name, JsonNode? Value) Of(string name, Reading reading) => (name, reading.ToString());
            Line.Print(
                "sample", null, ("uuid", Inventory.Hidden(s.Uuid)), Of("memory_total", s.MemoryTotalBytes), Of("memory_reserved", s.MemoryReservedBytes), Of("memory_used", s.MemoryUsedBytes),
                Of("kernel_percent", s.KernelPercent), Of("temperature", s.TemperatureCelsius), Of("power_mw", s.PowerMilliwatts), Of("power_limit_mw", s.PowerLimitMilliwatts),
                Of("energy_mj", s.EnergyMillijoules), Of("sm_mhz", s.SmClockMegahertz), Of("memory_mhz", s.MemoryClockMegahertz), Of("clock_reasons", s.ClockReasons),
                Of("pcie_replays", s.PcieReplays), Of("ecc_corrected", s.EccCorrected), Of("ecc_uncorrected", s.EccUncorrected), Of("remapped", s.RowsRemappedUncorrectable),
                Of("remap_pending", s.RowRemapPending), Of("remap_failed", s.RowRemapFailed), Of("recovery_action", s.RecoveryAction));
        }
    }

    public static void Measure(DeviceLayer layer, int seconds)
    {
        var samples = new DeviceSample[layer.Sampler.Count];
        var times = new List<double>();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < seconds; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            if (layer.Sampler.Sweep(samples).State == SweepState.Completed) times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            Thread.Sleep(1000);
        }

        var bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        times.Sort();
        Line.Print("sweeps once a second", times.Count == seconds, ("sweeps", times.Count), ("p50_ms", Math.Round(times[times.Count / 2], 3)), ("worst_ms", Math.Round(times[^1], 3)), ("devices", samples.Length), ("bytes_in_all", bytes));
    }
}
