using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Genetic;

/// <summary>How a genetic search runs.</summary>
public sealed record GeneticOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Proposals expected in the whole search: sets the temperature of improvement, stops nothing.</summary>
    public required long Moves { get; init; }

    /// <summary>Plans kept; default 12, at least 2.</summary>
    public int Population { get; init; } = 12;

    /// <summary>Generations the whole search is divided into; default 6.</summary>
    public int Generations { get; init; } = 6;

    /// <summary>Generations of founders, which have no parents; default 2.</summary>
    public int Founding { get; init; } = 2;

    public Neighbourhood Around { get; init; } = new();
}
