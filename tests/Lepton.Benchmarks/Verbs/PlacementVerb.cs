using System.CommandLine;
using System.Diagnostics;
using Lepton.Benchmarks.Openb;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>placement</c>: how fast one thread decides on a loaded cluster, with requests of the shapes of the openb default list.</summary>
internal static class PlacementVerb
{
    private const double Load = 0.9;
    private const int CpuMilliPerGpu = 12_000;
    private const int MemoryMibPerGpu = 49_152;

    private static readonly Option<string> Folder = new("--data") { DefaultValueFactory = _ => "../shared/data/openb", Description = "folder with the openb lists" };
    private static readonly Option<string> Nodes = new("--nodes") { DefaultValueFactory = _ => "1000,10000,100000", Description = "sizes, with commas" };
    private static readonly Option<int> Gpus = new("--gpus") { DefaultValueFactory = _ => 8, Description = "GPUs a node" };
    private static readonly Option<string> Policy = new("--policy") { DefaultValueFactory = _ => DevicePolicies.Default };
    private static readonly Option<int> Decisions = new("--decisions") { DefaultValueFactory = _ => 200_000 };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("placement", "Decisions a second at 90 % load") { Folder, Nodes, Gpus, Policy, Decisions, Seed };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parse)
    {
        var folder = parse.GetValue(Folder)!;
        if (!File.Exists(Path.Combine(folder, "openb_pod_list_default.csv.gz")))
        {
            Console.Error.WriteLine($"No openb data in '{Path.GetFullPath(folder)}': the requests are drawn from its default list. Maybe give --data.");
            return 1;
        }

        var shapes = OpenbTrace.Read(folder, "default");
        foreach (var nodes in parse.GetValue(Nodes)!.Split(',').Select(int.Parse)) Measure(parse, shapes, nodes);
        return 0;
    }

    private static void Measure(ParseResult parse, OpenbTrace shapes, int nodes)
    {
        var gpus = parse.GetValue(Gpus);
        var policy = DevicePolicies.Named(parse.GetValue(Policy)!);
        var shape = new NodeShape(gpus * CpuMilliPerGpu, gpus * MemoryMibPerGpu, gpus, 0);
        var load = new PlacementLoad(shapes, shape, nodes, policy, Load, (ulong)parse.GetValue(Seed));
        var ticks = new long[parse.GetValue(Decisions)];
        load.Fill();
        load.Hold(ticks.AsSpan(0, ticks.Length / 4));
        var (failed, start, cpu) = (load.Failed, Stopwatch.GetTimestamp(), ThreadTime.Seconds());
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        load.Hold(ticks);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(start).TotalSeconds, ThreadTime.Seconds() - cpu);
        failed = load.Failed - failed;
        Array.Sort(ticks);
        Print("decisions_per_second", ticks.Length / seconds, "1/s");
        Print("decisions_per_cpu_second", ticks.Length / cpuSeconds, "1/s");
        Print("decision_p50_us", Microseconds(ticks[ticks.Length / 2]), "us");
        Print("decision_p99_us", Microseconds(ticks[(int)(ticks.Length * 0.99)]), "us");
        Print("bytes_per_decision", (double)bytes / ticks.Length, "B");

        void Print(string metric, double value, string unit) => Figure.Print(
            "placement",
            $"{metric}_{nodes}_nodes",
            value,
            unit,
            ("nodes", nodes),
            ("gpus", gpus),
            ("policy", policy.Name),
            ("load", Math.Round(load.Load, 3)),
            ("shapes", shapes.Classes.Length),
            ("decisions", ticks.Length),
            ("running", load.Running),
            ("fitted_nowhere", failed),
            ("seconds_include", "the ends of tasks that hold the load"));
    }

    private static double Microseconds(long ticks) => 1e6 * ticks / Stopwatch.Frequency;
}
