using System.Globalization;
using Lepton.Model;

namespace Lepton.Scheduling.Explaining;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Wording
{
    public static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0.#} s");

    public static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    public static string Asked(Demand demand) => demand.ToString();

    /// <summary>The smallest change of a demand that a node of this size could run.</summary>
    public static string Shrink(Demand asked, Capacity largest)
    {
        var changes = new List<string>();
        if (asked.Capacity.MilliCpu > largest.MilliCpu) changes.Add(string.Create(CultureInfo.InvariantCulture, $"ask at most {largest.MilliCpu / 1000.0:0.###} cpus"));
        if (asked.Capacity.MemoryBytes > largest.MemoryBytes) changes.Add(string.Create(CultureInfo.InvariantCulture, $"ask at most {largest.MemoryBytes / 1048576.0:0.#} MiB of memory"));
        return changes.Count == 0 ? "add a larger node" : string.Join(" and ", changes) + ", or add a larger node";
    }
}
