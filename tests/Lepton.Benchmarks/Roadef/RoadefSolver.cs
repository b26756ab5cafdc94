using Lepton.Benchmarks.Running;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Roadef;

/// <summary>Runs the product's optimiser on an instance, with as many lanes as it has resources and balances.</summary>
internal static class RoadefSolver
{
    public static RoadefResult Solve(RoadefInstance instance, RoadefRun run) =>
        (instance.Model.Resources.Length + instance.Model.Balances.Length) switch
        {
            <= 4 => Solve<Lanes4>(instance, run),
            <= 8 => Solve<Lanes8>(instance, run),
            <= 16 => Solve<Lanes16>(instance, run),
            _ => Solve<ManyLanes>(instance, run),
        };

    private static RoadefResult Solve<TLanes>(RoadefInstance instance, RoadefRun run)
        where TLanes : struct, ILanes
    {
        var budget = new Budget(run.Seconds, run.Threads, run.ProcessorClock);
        var members = run.Members ?? AnnealingOptions.AutomaticMembers(instance.Model.Nodes.Length, instance.Model.Tasks.Length);
        var systems = new IPlacementSystem<PlacementEnergy<TLanes>>[members];
        for (var m = 0; m < members; m++) systems[m] = new PlacementSystem<TLanes>(instance.Model, instance.Initial);
        var options = new AnnealingOptions { Seed = run.Seed, Moves = 1, Parts = run.Parts, Heat = run.Heat };
        var team = run.Moves is { } moves
            ? PassRunner.Run(systems, options with { Moves = moves }, run.Threads)
            : PassRunner.Run(systems, options, budget);
        var elapsed = budget.Elapsed;
        return new RoadefResult(
            team.Best.ToArray(), team.BestValue, team.Tally.Proposals, team.Tally.Proposals / elapsed, team.Tally.Evaluations / elapsed);
    }
}
