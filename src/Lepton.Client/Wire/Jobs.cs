using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Lepton.Client.Wire;

/// <summary>Answer to a submit: durable from now on.</summary>
public sealed record SubmitAccepted
{
    public required string Job { get; init; }

    public required string Name { get; init; }

    public required int Tasks { get; init; }

    /// <summary>True when this key had been accepted before: the first answer, nothing new was made.</summary>
    public required bool Replayed { get; init; }

    /// <summary>Where the job may be, in words; null: anywhere.</summary>
    public string? Residency { get; init; }
}

/// <summary>What a spec would become. Nothing is stored.</summary>
public sealed record SpecCheck
{
    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required int Tasks { get; init; }

    public required ImmutableArray<SpecGroup> Groups { get; init; }

    /// <summary>The spec in canonical YAML.</summary>
    public required string Spec { get; init; }
}

/// <summary>A named task of a job and into how many tasks it is split.</summary>
public sealed record SpecGroup
{
    public required string Name { get; init; }

    public required int Tasks { get; init; }

    public required ImmutableArray<string> DependsOn { get; init; }

    public required TaskDemand Demand { get; init; }
}

/// <summary>A job in a list.</summary>
public record JobSummary
{
    /// <summary>Owner region and key: <c>us-east.01J...</c></summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Active, Cancelling, Succeeded, Failed, Cancelled.</summary>
    public required string State { get; init; }

    public required int Tasks { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A job with its progress and the spec it was made from.</summary>
public sealed record JobDetail : JobSummary
{
    [JsonPropertyOrder(1)]
    public required string Kind { get; init; }

    [JsonPropertyOrder(1)]
    public required string Owner { get; init; }

    [JsonPropertyOrder(1)]
    public required string Queue { get; init; }

    [JsonPropertyOrder(1)]
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    [JsonPropertyOrder(1)]
    public required ImmutableArray<JobGroup> Groups { get; init; }

    [JsonPropertyOrder(1)]
    public string? Message { get; init; }

    /// <summary>Canonical YAML; submits again as it is.</summary>
    [JsonPropertyOrder(1)]
    public required string Spec { get; init; }
}

/// <summary>Progress of one named task of a job. What is in no count is pending or in flight.</summary>
public sealed record JobGroup
{
    public required string Name { get; init; }

    public required int Total { get; init; }

    public required int Succeeded { get; init; }

    public required int Failed { get; init; }

    public required int Cancelled { get; init; }

    /// <summary>False while it waits for groups it depends on.</summary>
    public required bool Ready { get; init; }
}

/// <summary>Answer to a cancel: the wish is durable, the tasks end later.</summary>
public sealed record CancelAccepted
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required bool Force { get; init; }
}
