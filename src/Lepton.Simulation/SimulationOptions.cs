using System.Collections.Immutable;
using Lepton.Simulation.Faults;

namespace Lepton.Simulation;

/// <summary>Which seeds to run and how much of each.</summary>
public sealed record SimulationOptions
{
    /// <summary>Seeds, each a world of its own.</summary>
    public ImmutableArray<int> Seeds { get; init; } = [.. Enumerable.Range(1, 200)];

    /// <summary>Steps of a seed before its quiet phase begins. Default 10,000; a step is one event of the virtual world.</summary>
    public int StepsAtLeast { get; init; } = 10_000;

    /// <summary>
    /// Time after the last fault within which everything must have ended. Default 180 s of virtual time: more than a delegation taken back,
    /// a lease run out and the retries of the longest tasks, one after the other.
    /// </summary>
    public TimeSpan QuietBound { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Every how many seeds one is run twice to compare the traces; 1 = each, 0 = none. Default 10.</summary>
    public int CompareEvery { get; init; } = 10;

    /// <summary>Lines of the trace that a violation shows. Default 30.</summary>
    public int TraceLines { get; init; } = 30;

    /// <summary>Makes the planted bug of a run; null = none. Only tests plant bugs.</summary>
    public Func<Sabotage>? Plant { get; init; }

    /// <summary>Faults of every seed instead of what the seed draws.</summary>
    public FaultRates? Rates { get; init; }
}
