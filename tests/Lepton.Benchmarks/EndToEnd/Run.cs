using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Lepton.Benchmarks.EndToEnd;

/// <summary>One measured run: how many tasks in which time, and what the fleet used for them.</summary>
internal sealed record Run(int Tasks, double Seconds, Usage Used, double ClientCpuMs, double MachineBusyMs, double Load)
{
    /// <summary>Above this share of the machine's cores the CPU is what limits.</summary>
    private const double CpuBound = 0.85;

    public double PerSecond => Tasks / Seconds;

    public double CpuMsPerTask => (Used.SiloCpuMs + Used.AgentCpuMs) / Tasks;

    public static async Task<Run> Of(BenchFleet fleet, int tasks, Func<Task> work)
    {
        using var self = Process.GetCurrentProcess();
        var (load, used, machine, client) = (ProcessTimes.Load(), await fleet.Used(), MachineTimes.Now(), self.TotalProcessorTime);
        var start = Stopwatch.GetTimestamp();
        await work();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var busy = MachineTimes.Now().BusyMs - machine.BusyMs;
        self.Refresh();
        return new Run(tasks, seconds, await fleet.Used() - used, (self.TotalProcessorTime - client).TotalMilliseconds, busy, load);
    }

    public static Run Median(IEnumerable<Run> runs)
    {
        var sorted = runs.OrderBy(r => r.PerSecond).ToList();
        return sorted[sorted.Count / 2];
    }

    public IEnumerable<(string Name, JsonNode? Value)> Fields() =>
    [
        ("silo_cpu_ms_per_task", Rounded(Used.SiloCpuMs / Tasks)),
        ("agent_cpu_ms_per_task", Rounded(Used.AgentCpuMs / Tasks)),
        ("client_cpu_ms_per_task", Rounded(ClientCpuMs / Tasks)),
        ("row_writes_per_task", Rounded((double)Used.RowWrites / Tasks)),
        ("fsyncs_per_task", Rounded((double)Used.Commits / Tasks)),
        ("silo_allocated_bytes_per_task", Rounded((double)Used.AllocatedBytes / Tasks)),
        ("silo_collections", Used.Collections),
        ("seconds", Rounded(Seconds)),
        ("load_at_start", Load),
        ("limited_by", LimitedBy()),
    ];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{PerSecond:0} 1/s, {Seconds:0.0} s, CPU a task: silos {Used.SiloCpuMs / Tasks:0.000} ms, agents {Used.AgentCpuMs / Tasks:0.000} ms; {LimitedBy()}");

    private string LimitedBy()
    {
        var wall = Seconds * 1000;
        var (busy, silo, agent, client) = (MachineBusyMs / wall, Used.SiloCpuMs / wall, Used.AgentCpuMs / wall, ClientCpuMs / wall);
        var rest = Math.Max(0, busy - silo - agent - client);
        var shares = string.Create(
            CultureInfo.InvariantCulture,
            $"{busy:0.00} of {Environment.ProcessorCount} cores busy: silos {silo:0.00}, agents {agent:0.00}, client {client:0.00}, others {rest:0.00}; {Used.Commits / Seconds:0} fsyncs/s");
        return busy > CpuBound * Environment.ProcessorCount ? $"CPU ({shares})" : $"waiting, not CPU ({shares})";
    }

    private static double Rounded(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
