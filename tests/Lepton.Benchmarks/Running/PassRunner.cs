using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>Drives a team to its end: by moves, or by a clock that is turned into moves round by round.</summary>
internal static class PassRunner
{
    private const int Rounds = 200;
    private const double ShortestRoundSeconds = 0.02;

    /// <summary>The same rounds on every machine.</summary>
    public static AnnealingTeam<TEnergy> Run<TEnergy>(
        IReadOnlyList<IPlacementSystem<TEnergy>> systems, AnnealingOptions options, int threads)
        where TEnergy : struct, IEnergy
    {
        var team = new AnnealingTeam<TEnergy>(systems, options);
        for (var round = 1; round <= Rounds; round++)
        {
            PieceRunner.Run(team.Begin(options.Moves / Rounds, round / (double)Rounds), threads, CancellationToken.None);
            team.End();
        }

        return team;
    }

    public static AnnealingTeam<TEnergy> Run<TEnergy>(
        IReadOnlyList<IPlacementSystem<TEnergy>> systems, AnnealingOptions options, Budget budget)
        where TEnergy : struct, IEnergy
    {
        var rate = Rate(systems, options, budget);
        var left = budget.Seconds - budget.Elapsed;
        var team = new AnnealingTeam<TEnergy>(systems, options with { Moves = (long)(rate * left) });
        var roundSeconds = Math.Max(ShortestRoundSeconds, left / Rounds);
        var from = budget.Elapsed;
        while (!team.IsDone)
        {
            var start = budget.Elapsed;
            var end = Math.Min(budget.Seconds, start + roundSeconds);
            var progress = end >= budget.Seconds - (roundSeconds / 2) ? 1 : (end - from) / left;
            var before = team.Tally.Proposals;
            var moves = (long)Math.Max(1000, rate * (end - start));
            PieceRunner.Run(team.Begin(moves, Math.Max(progress, team.Progress + 1e-6)), budget.Threads, CancellationToken.None);
            team.End();
            var taken = budget.Elapsed - start;
            if (taken > 0) rate = (0.7 * rate) + (0.3 * (team.Tally.Proposals - before) / taken);
        }

        return team;
    }

    /// <summary>Moves a second, tried on the hot start and then undone.</summary>
    private static double Rate<TEnergy>(IReadOnlyList<IPlacementSystem<TEnergy>> systems, AnnealingOptions options, Budget budget)
        where TEnergy : struct, IEnergy
    {
        var start = new int[systems[0].Tasks];
        systems[0].CopyTo(start);
        var trial = new AnnealingTeam<TEnergy>(systems, options with { Moves = 1_000_000_000 });
        var (begin, moves) = (budget.Elapsed, 100_000L);
        var trialSeconds = Math.Min(0.3, budget.Seconds * 0.03);
        while (budget.Elapsed - begin < trialSeconds)
        {
            PieceRunner.Run(trial.Begin(moves, trial.Progress + 0.0001), budget.Threads, CancellationToken.None);
            trial.End();
        }

        foreach (var system in systems) system.Restore(start);
        return trial.Tally.Proposals / (budget.Elapsed - begin);
    }
}
