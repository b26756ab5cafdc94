using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>Drives a search to its end: by moves, or by a clock that is turned into moves round by round.</summary>
internal static class PassRunner
{
    public const int Rounds = 200;

    /// <summary>Weight of the last round in the rate of moves at least: rounds differ, machines pause. The first rounds weigh more, against a trial that was short.</summary>
    private const double Freshness = 0.1;

    /// <summary>Time of a trial at most, and its part of the whole: the just-in-time compiler needs about half a second to get to its best code.</summary>
    private const double TrialSeconds = 1.2;

    private const double TrialShare = 0.06;

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
        var round = 0;
        while (!pacer.IsDone && !cancel.IsCancellationRequested)
        {
            var start = budget.Elapsed;
            var before = search.Tally.Moves;
            var moves = pacer.Next(budget.Seconds - start, rate);
            PieceRunner.Run(search.Begin(moves, pacer.Progress), budget.Threads, cancel);
            search.End();
            var taken = budget.Elapsed - start;
            var weight = Math.Max(Freshness, 1.0 / ++round);
            if (taken > 0) rate = ((1 - weight) * rate) + (weight * (search.Tally.Moves - before) / taken);
        }

        return (search, pacer.Log);
    }

    /// <summary>Moves a second by the last third of a trial, in rounds that grow: the first ones measure the compiler.</summary>
    private static double Rate(IOptimiser trial, Budget budget, CancellationToken cancel)
    {
        var begin = budget.Elapsed;
        var trialSeconds = Math.Min(TrialSeconds, budget.Seconds * TrialShare);
        var (moves, counted, countedFrom) = (100_000.0, 0L, begin);
        do
        {
            if (budget.Elapsed - begin < trialSeconds * 2 / 3) (counted, countedFrom) = (trial.Tally.Moves, budget.Elapsed);
            PieceRunner.Run(trial.Begin((long)moves, trial.Progress + 0.0001), budget.Threads, cancel);
            trial.End();
            moves *= 1.2;
        }
        while (budget.Elapsed - begin < trialSeconds && !cancel.IsCancellationRequested);
        return (trial.Tally.Moves - counted) / (budget.Elapsed - countedFrom);
    }
}
