namespace Lepton.Scheduling.Annealing;

/// <summary>How an annealing pass runs; the defaults serve every instance.</summary>
public sealed record AnnealingOptions
{
    /// <summary>Nodes a part has at least when parts are chosen automatically.</summary>
    public const int NodesPerPart = 200;

    public const int MostParts = 16;

    /// <summary>Tasks above which a small placement is cut all the same: copies would leave each task too few moves.</summary>
    public const int ManyTasks = 20_000;

    /// <summary>Members of a team that keep two threads busy: a placement too small for parts is annealed twice.</summary>
    public static int AutomaticMembers(int nodes, int tasks) => nodes < 40 || (nodes < 2 * NodesPerPart && tasks < ManyTasks) ? 2 : 1;

    public ulong Seed { get; init; } = 1;

    /// <summary>Proposals expected in the whole pass: sets the temperature, stops nothing.</summary>
    public required long Moves { get; init; }

    /// <summary>Parts a round is cut into; default: by the number of nodes.</summary>
    public int? Parts { get; init; }

    /// <summary>Start temperature relative to the automatic one; default 1.</summary>
    public double Heat { get; init; } = 1;

    public Neighbourhood Around { get; init; } = new();
}
