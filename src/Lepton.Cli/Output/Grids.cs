using System.Globalization;
using Lepton.Client.Wire;

namespace Lepton.Cli.Output;

/// <summary>The tables: which columns a list has, narrow and wide.</summary>
internal static class Grids
{
    public static Grid Of(IEnumerable<TaskSummary> tasks, bool wide, DateTimeOffset now)
    {
        var grid = wide
            ? new Grid("ID", "NAME", "STATE", "REGION", "NODE", "ASKS", "AGE", "REASON", "ATTEMPT", "RAN", "EXIT", "WHY")
            : new Grid("ID", "NAME", "STATE", "REGION", "NODE", "ASKS", "AGE", "REASON");
        foreach (var t in tasks)
        {
            string?[] cells = [t.Id, t.Name, t.State, t.Region, NodeName(t.Node), Words.Asked(t.Demand), Words.Span(now - t.SubmittedAt), t.Reason];
            if (wide) cells = [.. cells, $"{t.Attempt}", Ran(t.StartedAt, t.EndedAt, now), $"{t.ExitCode}", t.Evidence ?? t.Message];
            grid.Add(cells);
        }

        return grid;
    }

    public static Grid Of(IEnumerable<JobSummary> jobs, bool wide, DateTimeOffset now)
    {
        var grid = wide ? new Grid("ID", "NAME", "STATE", "TASKS", "AGE", "TOOK", "PRIORITY", "SUBMITTED") : new Grid("ID", "NAME", "STATE", "TASKS", "AGE");
        foreach (var j in jobs)
        {
            string?[] cells = [j.Id, j.Name, j.State, j.Tasks.ToString("N0", CultureInfo.InvariantCulture), Words.Span(now - j.SubmittedAt)];
            if (wide) cells = [.. cells, j.EndedAt is { } end ? Words.Span(end - j.SubmittedAt) : null, $"{j.Priority}", Time(j.SubmittedAt)];
            grid.Add(cells);
        }

        return grid;
    }

    public static Grid Of(IEnumerable<JobGroup> groups)
    {
        var grid = new Grid("GROUP", "TASKS", "SUCCEEDED", "FAILED", "CANCELLED", "OPEN", "STARTS");
        foreach (var g in groups)
        {
            var open = g.Total - g.Succeeded - g.Failed - g.Cancelled;
            grid.Add(g.Name, $"{g.Total}", $"{g.Succeeded}", $"{g.Failed}", $"{g.Cancelled}", $"{open}", g.Ready ? "now" : "after others");
        }

        return grid;
    }

    public static Grid Of(IEnumerable<TaskAttempt> attempts, DateTimeOffset now)
    {
        var grid = new Grid("ATTEMPT", "NODE", "LEASED", "RAN", "EXPECTED", "END", "EXIT", "MESSAGE");
        foreach (var a in attempts)
        {
            grid.Add($"{a.Number}", a.Node ?? a.Region, Time(a.LeasedAt), Ran(a.StartedAt, a.EndedAt, now), a.ExpectedRunSeconds is { } s ? Words.Span(TimeSpan.FromSeconds(s)) : null, a.End, a.Signal is { } signal ? $"signal {signal}" : $"{a.ExitCode}", a.Message);
        }

        return grid;
    }

    public static Grid Of(IEnumerable<NodeDetail> nodes, bool wide, DateTimeOffset now)
    {
        var grid = wide
            ? new Grid("ID", "STATE", "CPUS", "ALLOC", "MEMORY", "ALLOC", "DEVICES", "TASKS", "HEARD", "AGENT", "LABELS", "TAINTS")
            : new Grid("ID", "STATE", "CPUS", "ALLOC", "MEMORY", "ALLOC", "DEVICES", "TASKS", "HEARD");
        foreach (var n in nodes)
        {
            string?[] cells =
            [
                n.Id, n.State, Words.Cpus(n.Total), Words.Share(n.Allocated.MilliCpu, n.Total.MilliCpu), Words.Memory(n.Total),
                Words.Share(n.Allocated.MemoryBytes, n.Total.MemoryBytes), Words.Devices(n), $"{n.Attempts}", $"{Words.Span(now - n.LastBeat)} ago",
            ];
            grid.Add(wide ? [.. cells, n.AgentVersion, string.Join(' ', n.Labels.Select(l => $"{l.Key}={l.Value}")), string.Join(' ', n.Taints)] : cells);
        }

        return grid;
    }

    public static Grid Of(IEnumerable<RegionDetail> regions, bool wide)
    {
        var grid = wide
            ? new Grid("REGION", "STATE", "NODES", "READY", "CPUS", "ALLOC", "MEMORY", "ALLOC", "DEVICES", "PENDING", "RUNNING", "GUESTS", "HEARD", "LARGEST NODE", "MESSAGE")
            : new Grid("REGION", "STATE", "NODES", "READY", "CPUS", "ALLOC", "MEMORY", "ALLOC", "DEVICES", "PENDING", "RUNNING", "GUESTS", "HEARD");
        foreach (var r in regions)
        {
            string?[] cells =
            [
                r.Here ? $"{r.Region} *" : r.Region, r.State, $"{r.Nodes}", $"{r.ReadyNodes}", Words.Cpus(r.Total),
                Words.Share(r.Allocated?.MilliCpu, r.Total?.MilliCpu), Words.Memory(r.Total), Words.Share(r.Allocated?.MemoryBytes, r.Total?.MemoryBytes),
                Words.Pools(r.Devices), $"{r.Pending}", $"{r.Running}", $"{r.Guests}", Heard(r),
            ];
            grid.Add(wide ? [.. cells, $"{Words.Cpus(r.LargestNode)} cpu {Words.Memory(r.LargestNode)}", r.Message] : cells);
        }

        return grid;
    }

    /// <summary>The devices of one region by what they look like.</summary>
    public static Grid Of(IEnumerable<DevicePoolDetail> pools)
    {
        var grid = new Grid("DEVICES", "KIND", "MEMORY", "TOTAL", "FREE", "UNHEALTHY", "FREE IN PARTS", "FREE ON A NODE", "FREE ISLAND", "DRIVER", "ENFORCED", "EMULATED");
        foreach (var p in pools)
        {
            grid.Add(
                p.MigProfile is { } profile ? $"{p.Model} {profile}" : p.Model, p.Kind, Words.Bytes(p.MemoryBytes), $"{p.Total}", $"{p.Free}", $"{p.Unhealthy}",
                string.Create(CultureInfo.InvariantCulture, $"{p.FreeDevices:0.###}"), $"{p.MostFreeOnNode}", $"{p.LargestFreeIsland}", p.Driver,
                string.Join(' ', p.Isolation), p.Emulated ? "emulated" : "no");
        }

        return grid;
    }

    private static string Heard(RegionDetail region) => region.AgeSeconds switch
    {
        null => "never",
        0 => "now",
        { } age => $"{Words.Span(TimeSpan.FromSeconds(age))} ago",
    };

    private static string? Ran(DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset now) => from is { } start ? Words.Span((to ?? now) - start) : null;

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The region has its own column.</summary>
    private static string? NodeName(string? node) => node?[(node.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
