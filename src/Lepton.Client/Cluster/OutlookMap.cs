using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>From the outlooks of a region to the answer of a dry run.</summary>
internal static class OutlookMap
{
    public static SubmitOutlook Of(JobSpec spec, Outlooks outlooks, string? refusedFor, DateTimeOffset now)
    {
        var groups = outlooks.Tasks.Select(t => Of(spec.Groups.First(g => g.Name == t.Group), t)).ToList();
        return new SubmitOutlook
        {
            Kind = spec.Kind,
            Name = spec.Name,
            Tasks = spec.TaskCount,
            Queue = spec.Queue,
            Owner = outlooks.Region.Value,
            Outcome = refusedFor is not null || groups.Exists(g => g.Outcome == SubmitOutlook.Never) ? SubmitOutlook.Never
                : groups.TrueForAll(g => g.Outcome == SubmitOutlook.Starts || !g.DependsOn.IsEmpty) ? SubmitOutlook.Starts
                : SubmitOutlook.Waits,
            RefusedFor = refusedFor,
            Groups = [.. groups],
            EvaluatedAt = now,
        };
    }

    private static TasksOutlook Of(TaskGroup group, TaskOutlook tasks) => new()
    {
        Name = tasks.Group,
        Tasks = tasks.Tasks,
        InputRegion = tasks.InputIn?.Value,
        DependsOn = group.DependsOn.IsDefault ? [] : group.DependsOn,
        Demand = WireMap.Of(group.Template.Demand),
        Outcome = !tasks.CanEver ? SubmitOutlook.Never
            : group.DependsOn.IsDefaultOrEmpty ? Outcome(true, tasks.Reason) : SubmitOutlook.Waits,
        Reason = tasks.Reason.ToString(),
        Evidence = tasks.Evidence,
        Next = tasks.Next.IsDefault ? [] : tasks.Next,
        Regions = [.. tasks.Regions.Select(Of)],
    };

    private static RegionCandidate Of(RegionOutlook region) => new()
    {
        Outcome = Outcome(region.CanEver, region.Verdict.Reason),
        Opinion = WireMap.Of(region.Verdict),
        UsdPerHour = region.UsdMicrosPerHour is { } micros ? micros / 1_000_000m : null,
        ExpectedRunSeconds = region.Run?.TotalSeconds,
        EstimatedUsd = region is { UsdMicrosPerHour: { } price, Run: { } run } ? decimal.Round(price / 1_000_000m * (decimal)run.TotalHours, 6) : null,
        Start = region.Start is { } start ? new StartRange(start.Earliest, start.Expected, start.Latest) : null,
        TasksAhead = region.Ahead,
    };

    private static string Outcome(bool canEver, PendingReason reason) =>
        !canEver ? SubmitOutlook.Never : reason == PendingReason.BehindInQueue ? SubmitOutlook.Starts : SubmitOutlook.Waits;
}
