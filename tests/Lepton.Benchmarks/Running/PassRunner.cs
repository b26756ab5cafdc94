using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>Drives a pass to its end: by moves, or by a clock that is turned into moves round by round.</summary>
internal static class PassRunner
{
    private const int Rounds = 200;
    private const double ShortestRoundSeconds = 0.02;

    /// <summary>The same rounds on every machine.</summary>
    public static AnnealingPass<TEnergy> Run<TEnergy>(IPlacementSystem<TEnergy> system, AnnealingOptions options, int threads)
        where TEnergy : struct, IEnergy
    {
        var pass = new AnnealingPass<TEnergy>(system, options);
        for (var round = 1; round <= Rounds; round++)
        {
            PieceRunner.Run(pass.Begin(options.Moves / Rounds, round / (double)Rounds), threads, CancellationToken.None);
            pass.End();
        }

        return pass;
    }

    public static AnnealingPass<TEnergy> Run<TEnergy>(IPlacementSystem<TEnergy> system, AnnealingOptions options, Budget budget)
        where TEnergy : struct, IEnergy
    {
        var rate = Rate(system, options, budget);
        var left = budget.Seconds - budget.Elapsed;
        var pass = new AnnealingPass<TEnergy>(system, options with { Moves = (long)(rate * left) });
        var roundSeconds = Math.Max(ShortestRoundSeconds, left / Rounds);
        var from = budget.Elapsed;
        var n = 0;
        while (!pass.IsDone)
        {
            var start = budget.Elapsed;
            var end = Math.Min(budget.Seconds, start + roundSeconds);
            var progress = end >= budget.Seconds - (roundSeconds / 2) ? 1 : (end - from) / left;
            var before = pass.Tally.Proposals;
            var moves = (long)Math.Max(1000, rate * (end - start));
            PieceRunner.Run(pass.Begin(moves, Math.Max(progress, pass.Progress + 1e-6)), budget.Threads, CancellationToken.None);
            pass.End();
            var taken = budget.Elapsed - start;
            if (Environment.GetEnvironmentVariable("ANL_TRACE") is not null && (n++ % 8) == 0) Console.Error.WriteLine($"{pass.Progress:F3} sc {pass.Schedule.Scale:G4} T {pass.Schedule.At(pass.Progress):G4} cur {system.Value:G8} best {pass.BestValue:G8} acc {(double)pass.Tally.Accepted/pass.Tally.Evaluations:G3}");
            if (taken > 0) rate = (0.7 * rate) + (0.3 * (pass.Tally.Proposals - before) / taken);
        }

        return pass;
    }

    /// <summary>Moves a second, tried on the hot start and then undone.</summary>
    private static double Rate<TEnergy>(IPlacementSystem<TEnergy> system, AnnealingOptions options, Budget budget)
        where TEnergy : struct, IEnergy
    {
        var start = new int[system.Tasks];
        system.CopyTo(start);
        var trial = new AnnealingPass<TEnergy>(system, options with { Moves = 1_000_000_000 });
        var (begin, moves) = (budget.Elapsed, 100_000L);
        var trialSeconds = Math.Min(0.3, budget.Seconds * 0.03);
        while (budget.Elapsed - begin < trialSeconds)
        {
            PieceRunner.Run(trial.Begin(moves, trial.Progress + 0.0001), budget.Threads, CancellationToken.None);
            trial.End();
        }

        system.Restore(start);
        return trial.Tally.Proposals / (budget.Elapsed - begin);
    }
}
