using System.Collections.Immutable;

namespace Lepton.Client.Wire;

/// <summary>Why a task is where it is, and what would help.</summary>
public sealed record TaskExplanation
{
    public required string Task { get; init; }

    public required string State { get; init; }

    /// <summary>The dominant reason while pending.</summary>
    public string? Reason { get; init; }

    public required string Evidence { get; init; }

    /// <summary>Changes that would help, smallest first.</summary>
    public required ImmutableArray<string> Next { get; init; }

    public required ImmutableArray<RegionOpinion> Regions { get; init; }

    public int? QueuePosition { get; init; }

    /// <summary>When it is expected to start in the region that has it in its queue; null: nobody can say.</summary>
    public StartRange? Start { get; init; }

    public required DateTimeOffset EvaluatedAt { get; init; }
}

/// <summary>When a task is expected to start, by run times of the past: with those that run shorter, as expected, and longer.</summary>
public sealed record StartRange(DateTimeOffset Earliest, DateTimeOffset Expected, DateTimeOffset Latest);

/// <summary>What one region says about a waiting task.</summary>
public sealed record RegionOpinion
{
    public required string Region { get; init; }

    public required string Reason { get; init; }

    public required string Evidence { get; init; }

    public required int Nodes { get; init; }

    public required int Fitting { get; init; }

    public required ImmutableArray<TurnedDown> TurnedDown { get; init; }

    /// <summary>Age of the picture this rests on.</summary>
    public required double PictureAgeSeconds { get; init; }
}

/// <summary>How many nodes one filter turned down.</summary>
public sealed record TurnedDown
{
    public required string Filter { get; init; }

    public required int Nodes { get; init; }

    public required string Detail { get; init; }
}
