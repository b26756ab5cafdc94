using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Lepton.Benchmarks.Devices;
using Lepton.Cuda;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>devices</c>: what a sweep costs, how soon a fault is in the node's record, how long a grant takes. The driver is the fake one, and every line says so.</summary>
internal static class DevicesVerb
{
    private static readonly Option<int> Gpus = new("--gpus") { DefaultValueFactory = _ => 8, Description = "GPUs of the fake driver, at most 16" };
    private static readonly Option<int> Sweeps = new("--sweeps") { DefaultValueFactory = _ => 2000 };
    private static readonly Option<int> Rounds = new("--rounds") { DefaultValueFactory = _ => 5, Description = "each loses every GPU once" };
    private static readonly Option<int> GrantCount = new("--grants") { DefaultValueFactory = _ => 20_000 };

    public static Command Create()
    {
        var command = new Command("devices", "Sweeps, faults and grants of devices") { Gpus, Sweeps, Rounds, GrantCount };
        command.SetAction((parse, cancel) => Run(parse, cancel));
        return command;
    }

    private static async Task<int> Run(ParseResult parse, CancellationToken cancel)
    {
        if (FakeNvml.Build() is not { } library) return 1;
        var gpus = Math.Clamp(parse.GetValue(Gpus), 1, 16);
        await Sweep(library, gpus, parse.GetValue(Sweeps), cancel);
        var times = new List<double>();
        for (var round = 0; round < parse.GetValue(Rounds); round++) times.AddRange(await Latency.Measure(library, gpus));
        times.Sort();
        Print("xid_to_state_ms", times[times.Count / 2], "ms", gpus, ("worst", Math.Round(times[^1], 3)), ("faults", times.Count), ("way", "binding, agent, node machine; no network"));
        Grant(gpus, parse.GetValue(GrantCount));
        return 0;
    }

    private static async Task Sweep(string library, int gpus, int sweeps, CancellationToken cancel)
    {
        using var driver = FakeNvml.With(library, gpus);
        var opened = await DeviceLayer.OpenAsync(new DeviceOptions { LibraryPath = library }, TimeProvider.System, cancel);
        using var layer = opened.Value ?? throw new InvalidOperationException(opened.Error?.ToString());
        _ = await layer.Probe.EnumerateAsync(cancel);
        var samples = new DeviceSample[gpus];
        var ticks = new long[sweeps];
        for (var i = 0; i < 200; i++) layer.Sampler.Sweep(samples);
        // The whole process is counted, its own background work too: the middle of ten parts is the sweeps'.
        var bytes = new double[10];
        for (var part = 0; part < bytes.Length; part++)
        {
            var (from, to) = (sweeps * part / bytes.Length, sweeps * (part + 1) / bytes.Length);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = from; i < to; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                layer.Sampler.Sweep(samples);
                ticks[i] = Stopwatch.GetTimestamp() - begun;
            }

            bytes[part] = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Math.Max(1, to - from);
        }

        Array.Sort(ticks);
        Array.Sort(bytes);
        Print("sweep_ms", 1e3 * ticks[sweeps / 2] / Stopwatch.Frequency, "ms", gpus, ("p99", Math.Round(1e3 * ticks[(int)(sweeps * 0.99)] / Stopwatch.Frequency, 4)), ("sweeps", sweeps));
        Print("bytes_per_sweep", bytes[bytes.Length / 2], "B", gpus, ("sweeps", sweeps), ("worst_part", Math.Round(bytes[^1], 3)), ("counted", "the whole process"));
    }

    private static void Grant(int gpus, int count)
    {
        _ = new Grants(gpus).Measure(Math.Min(count, 5000));
        var times = new Grants(gpus).Measure(count);
        Array.Sort(times);
        Print("grant_us", times[count / 2], "us", gpus, ("p99", Math.Round(times[(int)(count * 0.99)], 2)), ("grants", count), ("includes", "handling and making the row ready; no disk"));
    }

    private static void Print(string metric, double value, string unit, int gpus, params (string Name, JsonNode? Value)[] fields) =>
        Figure.Print("devices", metric, value, unit, [("driver", "fake"), ("gpus", gpus), .. fields]);
}
