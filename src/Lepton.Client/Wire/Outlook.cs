using System.Collections.Immutable;

namespace Lepton.Client.Wire;

/// <summary>What would become of a spec, were it submitted now. Nothing is stored.</summary>
public sealed record SubmitOutlook
{
    public const string Starts = "Starts";
    public const string Waits = "Waits";
    public const string Never = "Never";

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required int Tasks { get; init; }

    public required string Queue { get; init; }

    /// <summary>The region whose store would hold the job.</summary>
    public required string Owner { get; init; }

    /// <summary><c>Starts</c>: all of it has room now. <c>Waits</c>: some of it would wait. <c>Never</c>: some of it can start nowhere.</summary>
    public required string Outcome { get; init; }

    /// <summary>What a submit would be refused for; null: it would be accepted.</summary>
    public string? RefusedFor { get; init; }

    public required ImmutableArray<TasksOutlook> Groups { get; init; }

    public required DateTimeOffset EvaluatedAt { get; init; }
}

/// <summary>What would become of tasks that look the same to placement: of one named task, with inputs in one place.</summary>
public sealed record TasksOutlook
{
    public required string Name { get; init; }

    public required int Tasks { get; init; }

    /// <summary>Region where their input lies; null: anywhere, or they have none.</summary>
    public string? InputRegion { get; init; }

    /// <summary>Named tasks they would wait for first.</summary>
    public required ImmutableArray<string> DependsOn { get; init; }

    public required TaskDemand Demand { get; init; }

    /// <summary>Starts, Waits or Never.</summary>
    public required string Outcome { get; init; }

    /// <summary>As `explain` would give it; <c>BehindInQueue</c>: there is room now.</summary>
    public required string Reason { get; init; }

    public required string Evidence { get; init; }

    /// <summary>Changes that would help, smallest first.</summary>
    public required ImmutableArray<string> Next { get; init; }

    public required ImmutableArray<RegionCandidate> Regions { get; init; }
}

/// <summary>What one region could offer.</summary>
public sealed record RegionCandidate
{
    /// <summary>Starts, Waits or Never.</summary>
    public required string Outcome { get; init; }

    public required RegionOpinion Opinion { get; init; }

    /// <summary>Price of one task by the hour; null: the region has none for it, or did not say.</summary>
    public decimal? UsdPerHour { get; init; }

    /// <summary>How long one task is expected to run, learned from runs like it or as its spec says.</summary>
    public double? ExpectedRunSeconds { get; init; }

    /// <summary>Price of one task that runs as long as expected.</summary>
    public decimal? EstimatedUsd { get; init; }

    /// <summary>When the first task would start there; null: not known.</summary>
    public StartRange? Start { get; init; }

    /// <summary>Tasks that wait there in the same queue and come first.</summary>
    public int? TasksAhead { get; init; }
}
