using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Lepton.Client.Wire;

/// <summary>A task in a list.</summary>
public record TaskSummary
{
    /// <summary>Job and index: <c>us-east.01J.../0</c></summary>
    public required string Id { get; init; }

    public required string Job { get; init; }

    public required string Name { get; init; }

    public required string Group { get; init; }

    /// <summary>Pending, Leased, Starting, Running, ... see <see cref="TaskStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it waits; present while pending.</summary>
    public string? Reason { get; init; }

    public string? Evidence { get; init; }

    public string? Region { get; init; }

    public string? Node { get; init; }

    /// <summary>Number of the newest attempt; 0 = none yet.</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int? ExitCode { get; init; }

    public string? Message { get; init; }

    public required TaskDemand Demand { get; init; }

    public required ImmutableArray<TaskMetric> Metrics { get; init; }

    public required ImmutableArray<TaskArtifact> Artifacts { get; init; }
}

/// <summary>One task with its attempts.</summary>
public sealed record TaskDetail : TaskSummary
{
    [JsonPropertyOrder(1)]
    public required int Index { get; init; }

    [JsonPropertyOrder(1)]
    public required string Owner { get; init; }

    [JsonPropertyOrder(1)]
    public required string Queue { get; init; }

    [JsonPropertyOrder(1)]
    public required int Priority { get; init; }

    [JsonPropertyOrder(1)]
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>Newest last; the oldest of very many are dropped, the numbers go on.</summary>
    [JsonPropertyOrder(1)]
    public required ImmutableArray<TaskAttempt> Attempts { get; init; }
}

/// <summary>One run of a task.</summary>
public sealed record TaskAttempt
{
    public required int Number { get; init; }

    public required string Region { get; init; }

    public string? Node { get; init; }

    public required DateTimeOffset LeasedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended: Completed, ExitNonZero, NodeLost, ...; absent while it goes on.</summary>
    public string? End { get; init; }

    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public string? Message { get; init; }

    /// <summary>Run time that was expected when it was placed, learned from runs like it or told by its job; what it took is from startedAt to endedAt. Absent: nobody knew.</summary>
    public double? ExpectedRunSeconds { get; init; }

    /// <summary>What it used of its devices; absent when it held none, or goes on.</summary>
    public DeviceUsage? Usage { get; init; }
}

/// <summary>Last value of a figure that a task reported.</summary>
public sealed record TaskMetric
{
    public required string Name { get; init; }

    public required double Value { get; init; }

    public required long Step { get; init; }
}

/// <summary>An output, content-addressed, and the region that keeps it.</summary>
public sealed record TaskArtifact
{
    public required string Name { get; init; }

    public required string Region { get; init; }

    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }
}
