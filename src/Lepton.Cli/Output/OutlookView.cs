using System.Globalization;
using Lepton.Client.Wire;

namespace Lepton.Cli.Output;

/// <summary>The answer of a dry run for people: what would become of each named task, and what each region could offer.</summary>
internal static class OutlookView
{
    public static void Show(Printer print, SubmitOutlook outlook)
    {
        print.Line($"{outlook.Name}: {Words.Count(outlook.Tasks, "task")}, would be owned by {outlook.Owner}, queue {outlook.Queue}; nothing was submitted");
        if (outlook.RefusedFor is { } refusal) print.Line($"REFUSED  {refusal}");
        foreach (var group in outlook.Groups)
        {
            var input = group.InputRegion is { } region ? $", input in {region}" : "";
            var after = group.DependsOn.IsDefaultOrEmpty ? "" : $", after {string.Join(", ", group.DependsOn)}";
            if (outlook.Groups.Length > 1 || input.Length + after.Length > 0) print.Line($"{group.Name}: {Words.Count(group.Tasks, "task")} of {Words.Asked(group.Demand)}{input}{after}");
            print.Line($"WOULD  {Would(group)}");
            var grid = new Grid("REGION", "NODES", "FIT", "START", "$/H", "EST. COST", "REASON", "TURNED DOWN BECAUSE");
            foreach (var r in group.Regions)
            {
                grid.Add(
                    r.Opinion.Region,
                    $"{r.Opinion.Nodes}",
                    $"{r.Opinion.Fitting}",
                    Start(r, outlook.EvaluatedAt),
                    Usd(r.UsdPerHour),
                    Usd(r.EstimatedUsd),
                    r.Outcome == SubmitOutlook.Starts ? null : r.Opinion.Reason,
                    r.Outcome == SubmitOutlook.Starts && r.Opinion.TurnedDown.IsEmpty ? null : Because(r.Opinion));
            }

            print.Table(grid);
            if (group.Outcome == SubmitOutlook.Starts) continue;
            for (var i = 0; i < group.Next.Length; i++) print.Line($"{(i == 0 ? "NEXT" : "    ")}   {group.Next[i]}");
        }
    }

    /// <summary>The counts of what was turned down, else the region's reason in words.</summary>
    public static string Because(RegionOpinion region)
    {
        var counts = string.Join(", ", region.TurnedDown.Select(t => $"{t.Nodes} {(t.Detail.Length > 0 ? t.Detail : t.Filter)}"));
        var age = region.PictureAgeSeconds >= 5 ? $" (as of {Words.Span(TimeSpan.FromSeconds(region.PictureAgeSeconds))} ago)" : "";
        return (counts.Length > 0 ? counts : region.Evidence) + age;
    }

    private static string Would(TasksOutlook group)
    {
        if (group.Outcome == SubmitOutlook.Never) return $"never start: {group.Reason}: {group.Evidence}";
        var where = string.Join(", ", group.Regions.Where(r => r.Outcome == SubmitOutlook.Starts).Select(r => r.Opinion.Region));
        if (!group.DependsOn.IsDefaultOrEmpty) return $"wait for {string.Join(", ", group.DependsOn)}{(where.Length > 0 ? $"; room now in {where}" : $"; then {group.Reason}: {group.Evidence}")}";
        return group.Outcome == SubmitOutlook.Starts ? $"start: room now in {where}" : $"wait: {group.Reason}: {group.Evidence}";
    }

    private static string? Start(RegionCandidate region, DateTimeOffset now)
    {
        if (region.Start is not { } start) return region.Outcome == SubmitOutlook.Starts ? "now" : null;
        if (start.Expected - now < TimeSpan.FromSeconds(1)) return "now";
        return start.Earliest == start.Latest ? $"in {In(start.Expected)}" : $"in {In(start.Expected)} ({In(start.Earliest)} to {In(start.Latest)})";

        string In(DateTimeOffset at) => Words.Span(at - now);
    }

    private static string? Usd(decimal? usd) => usd is not { } value ? null
        : value.ToString(value >= 100 ? "0" : value >= 1 ? "0.00" : "0.####", CultureInfo.InvariantCulture);
}
