using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>Drives a search to its end: by moves, or by a clock that is turned into moves round by round.</summary>
internal static class PassRunner
{
    public const int Rounds = 200;

    /// <summary>Weight of the last round in the rate of moves: rounds differ, machines pause.</summary>
    private const double Freshness = 0.1;

    /// <summary>The same rounds on every machine; when cancelled, what was found until then.</summary>
    public static void Run(IOptimiser search, RoundLog log, int threads, CancellationToken cancel)
    {
        var (round, rounds) = (0, log.Rounds);
        foreach (var (moves, count) in log.Runs)
        {
            for (var i = 0; i < count && !cancel.IsCancellationRequested; i++)
            {
                PieceRunner.Run(search.Begin(moves, ++round / (double)rounds), threads, cancel);
                search.End();
            }
        }
    }

    /// <param name="make">Makes a search for an expected number of moves; called twice, the first to try how fast moves are.</param>
    /// <param name="restore">Undoes what the trial did.</param>
    /// <returns>The search, and the rounds it made: a replay with these ends in the same plan.</returns>
    public static (IOptimiser Search, RoundLog Log) Run(Func<long, IOptimiser> make, Action restore, Budget budget, CancellationToken cancel)
    {
        var rate = Rate(make(1_000_000_000), budget, cancel);
        restore();
        var pacer = new RoundPacer(Rounds, budget.Seconds - budget.Elapsed, rate);
        var search = make(pacer.Planned);
        while (!pacer.IsDone && !cancel.IsCancellationRequested)
        {
            var start = budget.Elapsed;
            var before = search.Tally.Moves;
            var moves = pacer.Next(budget.Seconds - start, rate);
            PieceRunner.Run(search.Begin(moves, pacer.Progress), budget.Threads, cancel);
            search.End();
            var taken = budget.Elapsed - start;
            if (taken > 0) rate = ((1 - Freshness) * rate) + (Freshness * (search.Tally.Moves - before) / taken);
        }

        return (search, pacer.Log);
    }

    private static double Rate(IOptimiser trial, Budget budget, CancellationToken cancel)
    {
        const long moves = 100_000;
        var begin = budget.Elapsed;
        var trialSeconds = Math.Min(0.3, budget.Seconds * 0.03);
        do
        {
            PieceRunner.Run(trial.Begin(moves, trial.Progress + 0.0001), budget.Threads, cancel);
            trial.End();
        }
        while (budget.Elapsed - begin < trialSeconds && !cancel.IsCancellationRequested);
        return trial.Tally.Moves / (budget.Elapsed - begin);
    }
}
