namespace Lepton.Scheduling.Annealing;

/// <summary>How an annealing pass runs; the defaults serve every instance.</summary>
public sealed record AnnealingOptions
{
    /// <summary>Nodes a part has at least when parts are chosen automatically.</summary>
    public const int NodesPerPart = 40;

    public const int MostParts = 16;

    public ulong Seed { get; init; } = 1;

    /// <summary>Proposals expected in the whole pass: sets the temperature, stops nothing.</summary>
    public required long Moves { get; init; }

    /// <summary>Parts a round is cut into; default: by the number of nodes.</summary>
    public int? Parts { get; init; }

    /// <summary>Start temperature relative to the automatic one; default 1.</summary>
    public double Heat { get; init; } = 1;

    public Neighbourhood Around { get; init; } = new();
}
