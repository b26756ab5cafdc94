using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>Drives a search to its end: by moves, or by a clock that is turned into moves round by round.</summary>
internal static class PassRunner
{
    public const int Rounds = 200;

    private const double ShortestRoundSeconds = 0.02;

    /// <summary>The same rounds on every machine.</summary>
    public static void Run(IOptimiser search, long moves, int threads, int rounds = Rounds)
    {
        for (var round = 1; round <= rounds; round++)
        {
            PieceRunner.Run(search.Begin(moves / rounds, round / (double)rounds), threads, CancellationToken.None);
            search.End();
        }
    }

    /// <param name="make">Makes a search for an expected number of moves; called twice, the first to try how fast moves are.</param>
    /// <param name="restore">Undoes what the trial did.</param>
    public static IOptimiser Run(Func<long, IOptimiser> make, Action restore, Budget budget)
    {
        var rate = Rate(make(1_000_000_000), budget);
        restore();
        var left = budget.Seconds - budget.Elapsed;
        var search = make((long)(rate * left));
        var roundSeconds = Math.Max(ShortestRoundSeconds, left / Rounds);
        var from = budget.Elapsed;
        while (!search.IsDone)
        {
            var start = budget.Elapsed;
            var end = Math.Min(budget.Seconds, start + roundSeconds);
            var progress = end >= budget.Seconds - (roundSeconds / 2) ? 1 : (end - from) / left;
            var before = search.Tally.Moves;
            var moves = (long)Math.Max(1000, rate * (end - start));
            PieceRunner.Run(search.Begin(moves, Math.Max(progress, search.Progress + 1e-6)), budget.Threads, CancellationToken.None);
            search.End();
            var taken = budget.Elapsed - start;
            if (taken > 0) rate = (0.7 * rate) + (0.3 * (search.Tally.Moves - before) / taken);
        }

        return search;
    }

    private static double Rate(IOptimiser trial, Budget budget)
    {
        const long moves = 100_000;
        var begin = budget.Elapsed;
        var trialSeconds = Math.Min(0.3, budget.Seconds * 0.03);
        do
        {
            PieceRunner.Run(trial.Begin(moves, trial.Progress + 0.0001), budget.Threads, CancellationToken.None);
            trial.End();
        }
        while (budget.Elapsed - begin < trialSeconds);
        return trial.Tally.Moves / (budget.Elapsed - begin);
    }
}
