using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Genetic;

/// <summary>How a genetic search runs.</summary>
public sealed record GeneticOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Plans kept; default 24, at least 2.</summary>
    public int Population { get; init; } = 24;

    public Neighbourhood Around { get; init; } = new();
}
