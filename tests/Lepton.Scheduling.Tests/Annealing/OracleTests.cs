using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Annealing.Worlds;
using Lepton.Scheduling.Genetic;
using Lepton.Scheduling.Tests.Annealing.Oracles;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>Both optimisers against proven optima of tiny problems.</summary>
public sealed class OracleTests
{
    private const int Rounds = 40;

    [Theory]
    [InlineData(1, 3, 8, 2)]
    [InlineData(2, 4, 10, 3)]
    [InlineData(3, 4, 12, 4)]
    [InlineData(4, 5, 14, 3)]
    [InlineData(5, 6, 16, 2)]
    [InlineData(6, 5, 18, 6)]
    public void Annealing_comes_within_1_and_breeding_within_2_per_cent_of_the_start_of_the_optimum_of_a_tiny_placement(ulong seed, int nodes, int tasks, int resources)
    {
        var p = RandomPlacements.Make(seed, nodes, tasks, resources);
        var optimum = PlacementOracle.Optimum(p.Model);
        PlacementSystem<ManyLanes>[] Systems(int count) => [.. Enumerable.Range(0, count).Select(_ => new PlacementSystem<ManyLanes>(p.Model, p.Start))];
        var start = PlacementAudit.Terms(p.Model, p.Start).Total;
        var annealed = Run(Annealing(Systems(2), new Neighbourhood()), 400_000);
        var bred = Run(Breeding(Systems(4), new Neighbourhood()), 400_000);
        Assert.True(optimum <= start);
        Assert.InRange(annealed, optimum, optimum + (0.01 * start));
        Assert.InRange(bred, optimum, optimum + (0.02 * start));
    }

    [Theory]
    [InlineData(1, 2, 8, true)]
    [InlineData(2, 2, 10, false)]
    [InlineData(3, 3, 10, true)]
    [InlineData(4, 3, 12, false)]
    [InlineData(5, 4, 12, true)]
    public void Annealing_reaches_the_optimum_of_a_tiny_world_and_breeding_comes_near(ulong seed, int regions, int tasks, bool hard)
    {
        var world = RandomWorlds.Make(seed, regions, tasks, hard);
        var optimum = WorldOracle.Optimum(world);
        WorldSystem[] Systems(int count) => [.. Enumerable.Range(0, count).Select(_ => new WorldSystem(world))];
        var around = new Neighbourhood { Displacements = 0, Homes = 0.3 };
        var rounding = 0.001 * (world.Tasks.Length + world.Pools.Length) + (1e-5 * optimum);
        Assert.InRange(Run(Annealing(Systems(2), around), 400_000), optimum - rounding, optimum + rounding);
        Assert.InRange(Run(Breeding(Systems(4), around), 400_000), optimum - rounding, (1.02 * optimum) + rounding);
    }

    private static AnnealingRace<TEnergy> Annealing<TEnergy>(IReadOnlyList<IPlacementSystem<TEnergy>> systems, Neighbourhood around)
        where TEnergy : struct, IEnergy => new(systems, new AnnealingOptions { Moves = 400_000, Parts = 1, Around = around });

    private static GeneticSearch<TEnergy> Breeding<TEnergy>(IReadOnlyList<IPlacementSystem<TEnergy>> systems, Neighbourhood around)
        where TEnergy : struct, IEnergy => new(systems, new GeneticOptions { Moves = 400_000, Around = around });

    private static double Run(IOptimiser search, long moves)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            foreach (var piece in search.Begin(moves / Rounds, round / (double)Rounds)) piece.Run(CancellationToken.None);
            search.End();
        }

        return search.BestValue;
    }
}
