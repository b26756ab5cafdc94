using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Roadef;

/// <summary>What to run on an instance.</summary>
internal sealed record RoadefRun
{
    public required double Seconds { get; init; }

    public required int Threads { get; init; }

    public required ulong Seed { get; init; }

    public string Optimiser { get; init; } = "annealing";

    /// <summary>Moves in place of seconds: the same result on every machine.</summary>
    public RoundLog? Moves { get; init; }

    /// <summary>Count processor seconds per thread, not wall seconds.</summary>
    public bool ProcessorClock { get; init; }

    public int? Parts { get; init; }

    /// <summary>Copies of the placement that cool together.</summary>
    public int? Members { get; init; }

    public Neighbourhood Around { get; init; } = new();

    public double Heat { get; init; } = 1;

    /// <summary>Plan to go on from; default the initial assignment.</summary>
    public int[]? Start { get; init; }

    /// <summary>Processes that may be moved at most; default any number.</summary>
    public int? MoveBudget { get; init; }
}

/// <summary>What came out.</summary>
/// <param name="Log">Rounds made: <c>--moves</c> with it gives the same result.</param>
/// <param name="Heat">Start temperature that annealing chose, relative to the hot one; null while it had not, and of the genetic search.</param>
internal sealed record RoadefResult(int[] Best, double Cost, RoundLog Log, double ProposalsPerSecond, double EvaluationsPerSecond, double? Heat);
