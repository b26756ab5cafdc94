using Lepton.Client.Wire;
using Spectre.Console;

namespace Lepton.Local.Sample;

/// <summary>Tasks of the sample counted by region and state.</summary>
public sealed record SampleProgress(IReadOnlyList<SampleProgress.Line> Lines, int Done, int Total)
{
    /// <param name="Place">A region, or where the task is not placed yet.</param>
    public sealed record Line(string Place, int Waiting, int Running, int Succeeded, int Failed, string Latest);

    public static SampleProgress Of(IReadOnlyList<TaskSummary> tasks, IEnumerable<string> regions)
    {
        var lines = new List<Line>();
        foreach (var region in regions) lines.Add(Count(region, [.. tasks.Where(t => t.Region == region)]));
        var unplaced = tasks.Where(t => t.Region is null).ToList();
        if (unplaced.Count > 0) lines.Add(Count("(not placed)", unplaced));
        return new SampleProgress(lines, tasks.Count(t => TaskStates.IsOver(t.State)), tasks.Count);
    }

    public Table ToTable(TimeSpan elapsed)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{SampleSpec.Name}  {Done}/{Total} tasks  {elapsed:mm\\:ss}");
        foreach (var column in new[] { "REGION", "WAITING", "RUNNING", "SUCCEEDED", "FAILED", "LATEST" }) table.AddColumn(column);
        foreach (var line in Lines)
        {
            table.AddRow(
                Markup.Escape(line.Place), $"{line.Waiting}", $"{line.Running}", $"{line.Succeeded}", $"{line.Failed}", Markup.Escape(line.Latest));
        }

        return table;
    }

    public override string ToString() =>
        $"{Done}/{Total}  " + string.Join("  ", Lines.Select(l => $"{l.Place}: {l.Waiting} waiting {l.Running} running {l.Succeeded} done" + (l.Failed > 0 ? $" {l.Failed} failed" : "")));

    private static Line Count(string place, IReadOnlyList<TaskSummary> tasks)
    {
        var latest = tasks.Where(t => t.EndedAt is not null).OrderByDescending(t => t.EndedAt).FirstOrDefault();
        var metrics = latest is null ? "" : string.Join(' ', latest.Metrics.Take(3).Select(m => FormattableString.Invariant($"{m.Name}={m.Value:0.###}")));
        return new Line(
            place,
            tasks.Count(t => t.State is "Pending" or "Leased"),
            tasks.Count(t => t.State is "Starting" or "Running" or "Stopping" or "Unreachable"),
            tasks.Count(t => t.State == "Succeeded"),
            tasks.Count(t => TaskStates.IsOver(t.State) && t.State != "Succeeded"),
            latest is null ? "" : $"{latest.Id[(latest.Id.LastIndexOf('/') + 1)..]} {latest.State} {metrics}".TrimEnd());
    }
}
