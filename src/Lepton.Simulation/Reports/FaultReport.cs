using System.Globalization;
using System.Text;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;

namespace Lepton.Simulation.Reports;

/// <summary>The text of <c>lepton simulate faults</c>: a line for each seed, the broken rules with how to see them again, and the totals.</summary>
public static class FaultReport
{
    /// <summary>One line about one seed.</summary>
    public static string Line(SeedResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {result.Seed,4}  {result.Steps,7:N0} steps  {result.VirtualTime.TotalSeconds,5:0} s  {result.Regions} regions {result.Nodes,2} nodes  {result.Jobs,3} jobs {result.Tasks,4} tasks {result.Attempts,4} attempts  {result.Faults.Sum(),5:N0} faults  {(result.Clean ? "clean" : $"{result.Violations.Length} VIOLATIONS")}");

    /// <summary>The first violation of a seed (what follows is mostly its consequence), with the last trace lines and how to replay. Empty when clean.</summary>
    public static string Violations(SeedResult result)
    {
        if (result.Clean) return "";
        var text = new StringBuilder();
        var first = result.Violations[0];
        Append(text, first);
        foreach (var other in result.Violations.Skip(1).Take(4))
            text.AppendLine(CultureInfo.InvariantCulture, $"  then at step {other.Step:N0}: {other.Rule}: {other.Message}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  Replay: lepton simulate faults --seeds {result.Seed}");
        return text.ToString();
    }

    /// <summary>Totals of all seeds: faults by kind, and what did not hold.</summary>
    public static string Summary(IReadOnlyList<SeedResult> results)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{results.Count} seeds, {results.Sum(r => r.Steps):N0} steps, {results.Sum(r => r.VirtualTime.TotalSeconds):N0} s of virtual time,");
        text.AppendLine(CultureInfo.InvariantCulture, $"{results.Sum(r => r.Jobs):N0} jobs with {results.Sum(r => r.Tasks):N0} tasks in {results.Sum(r => r.Attempts):N0} processes.");
        text.AppendLine("Faults:");
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var total = results.Sum(r => r.Faults[(int)kind]);
            var seeds = results.Count(r => r.Faults[(int)kind] > 0);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind,-20} {total,10:N0}  in {seeds} seeds");
        }

        var dirty = results.Where(r => !r.Clean).ToList();
        text.AppendLine(dirty.Count == 0
            ? "No rule was broken."
            : $"Rules broken in {dirty.Count} seeds: {string.Join(", ", dirty.Take(20).Select(r => r.Seed.ToString(CultureInfo.InvariantCulture)))}{(dirty.Count > 20 ? ", ..." : "")}");
        foreach (var rule in dirty.GroupBy(r => r.Violations[0].Rule).OrderByDescending(g => g.Count()))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {rule.Key}: {rule.Count()} seeds, first {rule.Min(r => r.Seed)}");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Violation violation)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {violation.Seed}, step {violation.Step:N0}, {violation.At.TotalSeconds:0.000} s: {violation.Rule} does not hold.");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {violation.Message}");
        foreach (var line in violation.Trace) text.AppendLine(CultureInfo.InvariantCulture, $"    {line}");
    }
}
