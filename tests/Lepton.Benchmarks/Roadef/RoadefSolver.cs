using Lepton.Benchmarks.Running;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Budgeting;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Genetic;

namespace Lepton.Benchmarks.Roadef;

/// <summary>Runs the product's optimisers on an instance, with as many lanes as it has resources and balances.</summary>
internal static class RoadefSolver
{
    private const int ChildrenPerThread = 2;

    public static RoadefResult Solve(RoadefInstance instance, RoadefRun run, CancellationToken cancel) =>
        (instance.Model.Resources.Length + instance.Model.Balances.Length) switch
        {
            <= 4 => Solve<Lanes4>(instance, run, cancel),
            <= 8 => Solve<Lanes8>(instance, run, cancel),
            <= 16 => Solve<Lanes16>(instance, run, cancel),
            _ => Solve<ManyLanes>(instance, run, cancel),
        };

    private static RoadefResult Solve<TLanes>(RoadefInstance instance, RoadefRun run, CancellationToken cancel)
        where TLanes : struct, ILanes
    {
        var clock = new Budget(run.Seconds, run.Threads, run.ProcessorClock);
        var systems = Systems<TLanes>(instance, run);
        return run.MoveBudget is { } most
            ? Solve([.. systems.Select(s => new MoveBudget<PlacementEnergy<TLanes>>(s, most))], instance, run, clock, cancel)
            : Solve(systems, instance, run, clock, cancel);
    }

    private static RoadefResult Solve<TEnergy>(
        IPlacementSystem<TEnergy>[] systems, RoadefInstance instance, RoadefRun run, Budget budget, CancellationToken cancel)
        where TEnergy : struct, IEnergy
    {
        var (search, log) = run.Moves is { } given
            ? (Make(systems, run, given.Planned), given)
            : PassRunner.Run(m => Make(systems, run, m), Restore, budget, cancel);
        if (run.Moves is not null) PassRunner.Run(search, log, run.Threads, cancel);
        var elapsed = budget.Elapsed;
        return new RoadefResult(
            search.Best.ToArray(),
            search.BestValue,
            log,
            search.Tally.Proposals / elapsed,
            search.Tally.Evaluations / elapsed,
            (search as AnnealingRace<TEnergy>)?.Heat);

        void Restore()
        {
            foreach (var system in systems) system.Restore(run.Start ?? instance.Initial);
        }
    }

    private static IPlacementSystem<PlacementEnergy<TLanes>>[] Systems<TLanes>(RoadefInstance instance, RoadefRun run)
        where TLanes : struct, ILanes
    {
        // The genetic search breeds the same number of children whatever the threads, so that threads change nothing but the time.
        var count = run.Optimiser == "genetic"
            ? 2 * ChildrenPerThread
            : run.Members ?? AnnealingOptions.AutomaticMembers(instance.Model.Nodes.Length, instance.Model.Tasks.Length);
        var systems = new IPlacementSystem<PlacementEnergy<TLanes>>[count];
        for (var s = 0; s < count; s++) systems[s] = new PlacementSystem<TLanes>(instance.Model, run.Start ?? instance.Initial);
        return systems;
    }

    private static IOptimiser Make<TEnergy>(IPlacementSystem<TEnergy>[] systems, RoadefRun run, long moves)
        where TEnergy : struct, IEnergy => run.Optimiser == "genetic"
        ? new GeneticSearch<TEnergy>(systems, new GeneticOptions { Seed = run.Seed, Moves = moves, Around = run.Around })
        : new AnnealingRace<TEnergy>(
            systems,
            new AnnealingOptions { Seed = run.Seed, Moves = moves, Parts = run.Parts, Heat = run.Heat, Around = run.Around });
}
