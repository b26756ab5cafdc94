using System.Globalization;
using Lepton.Client.Wire;

namespace Lepton.Cli.Output;

/// <summary>Figures as people read them.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>The two largest parts: <c>2d4h</c>, <c>3h12m</c>, <c>18m</c>, <c>42s</c>.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        if (span.TotalDays >= 1) return span.Hours > 0 ? $"{(int)span.TotalDays}d{span.Hours}h" : $"{(int)span.TotalDays}d";
        if (span.TotalHours >= 1) return span.Minutes > 0 ? $"{span.Hours}h{span.Minutes}m" : $"{span.Hours}h";
        if (span.TotalMinutes >= 10) return $"{span.Minutes}m";
        if (span.TotalMinutes >= 1) return span.Seconds > 0 ? $"{span.Minutes}m{span.Seconds}s" : $"{span.Minutes}m";
        return $"{(int)span.TotalSeconds}s";
    }

    public static string Bytes(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        for (; Math.Abs(value) >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    public static string Cpus(long milliCpu) => string.Create(CultureInfo.InvariantCulture, $"{milliCpu / 1000.0:0.###}");

    public static string Cpus(ResourceAmount? amount) => amount is null ? "-" : Cpus(amount.MilliCpu);

    public static string Memory(ResourceAmount? amount) => amount is null ? "-" : Bytes(amount.MemoryBytes);

    public static string Share(long? part, long? whole) =>
        part is null || whole is null or 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0}%");

    public static string Asked(TaskDemand demand)
    {
        var devices = demand.Devices > 0 ? $"{demand.Model ?? demand.Kind}:{demand.Devices} " : "";
        return $"{devices}{Cpus(demand.MilliCpu)} cpu {Bytes(demand.MemoryBytes)}";
    }

    /// <summary>By model and state: <c>7 H100, 1 H100 lost</c>; what is emulated says so. Parts of a split GPU stand for it.</summary>
    public static string Devices(NodeDetail node)
    {
        if (node.DevicesFault is not null && node.Devices.IsEmpty) return "fault";
        var split = node.Devices.Select(d => d.Parent).ToHashSet();
        var kinds = node.Devices.Where(d => !split.Contains(d.Uuid))
            .GroupBy(d => $"{d.Model}{(d.MigProfile is { } profile ? $" {profile}" : "")}{(d.State == "Healthy" ? "" : $" {d.State.ToLowerInvariant()}")}{(d.Emulated ? " (emulated)" : "")}")
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key}"))
            .ToList();
        return kinds.Count == 0 ? "-" : string.Join(", ", kinds);
    }

    /// <summary>By model: <c>5 of 8 H100 free, 1 unhealthy</c>; what is emulated says so.</summary>
    public static string Pools(IEnumerable<DevicePoolDetail> pools)
    {
        var said = pools.Select(p => string.Create(
            CultureInfo.InvariantCulture,
            $"{p.Free} of {p.Total} {p.Model}{(p.MigProfile is { } profile ? $" {profile}" : "")} free{(p.Unhealthy > 0 ? $", {p.Unhealthy} unhealthy" : "")}{(p.Emulated ? " (emulated)" : "")}")).ToList();
        return said.Count == 0 ? "-" : string.Join("; ", said);
    }

    public static string Count(long n, string one) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {one}{(n == 1 ? "" : "s")}");
}
