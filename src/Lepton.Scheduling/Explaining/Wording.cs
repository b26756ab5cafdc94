using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Placement.Rules;

namespace Lepton.Scheduling.Explaining;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Wording
{
    /// <summary>A time span in its two largest units: <c>7.5 s</c>, <c>12m 5s</c>, <c>4h 30m</c>, <c>12d 4h</c>, <c>3y 40d</c>.</summary>
    public static string Seconds(TimeSpan span)
    {
        if (span.TotalSeconds < 99.95) return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0.#} s");
        if (span.TotalHours < 1) return Two((int)span.TotalMinutes, "m", span.Seconds, "s");
        if (span.TotalDays < 1) return Two((int)span.TotalHours, "h", span.Minutes, "m");
        return span.TotalDays < 365 ? Two((int)span.TotalDays, "d", span.Hours, "h") : Two((int)(span.TotalDays / 365), "y", (int)(span.TotalDays % 365), "d");
    }

    private static string Two(int whole, string unit, int rest, string smaller) =>
        rest == 0 ? $"{whole}{unit}" : $"{whole}{unit} {rest}{smaller}";

    public static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    public static string Asked(Demand demand) => demand.ToString();

    /// <summary>The same before the nodes that these rules ask for: what the nodes must enforce is said of them, not of each device too.</summary>
    public static string Asked(Demand demand, NodeRules rules) => demand.Asks.IsDefaultOrEmpty
        ? Asked(demand)
        : Asked(demand with { Asks = [.. demand.Asks.Select(ask => ask with { Isolation = ask.Isolation & ~rules.Isolation })] });

    /// <summary>The smallest change of a demand that a node of this size could run.</summary>
    public static string Shrink(Demand asked, Capacity largest)
    {
        var changes = new List<string>();
        if (asked.Capacity.MilliCpu > largest.MilliCpu) changes.Add(string.Create(CultureInfo.InvariantCulture, $"ask at most {largest.MilliCpu / 1000.0:0.###} cpus"));
        if (asked.Capacity.MemoryBytes > largest.MemoryBytes) changes.Add(string.Create(CultureInfo.InvariantCulture, $"ask at most {largest.MemoryBytes / 1048576.0:0.#} MiB of memory"));
        return changes.Count == 0 ? "add a larger node" : string.Join(" and ", changes) + ", or add a larger node";
    }
}
