using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Budgeting;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Annealing.Worlds;
using Lepton.Scheduling.Genetic;
using Lepton.Scheduling.Tests.Annealing.Oracles;

namespace Lepton.Scheduling.Tests.Annealing.Budgeting;

public sealed class MoveBudgetTests
{
    private const int Rounds = 20;

    [Fact]
    public void No_more_tasks_than_the_budget_are_away_after_any_round_and_every_rule_holds() => Gen.Select(RandomPlacements.Any, Gen.Int[0, 8], Gen.Int[1, 3]).Sample(
        (p, budget, parts) =>
        {
            var search = new AnnealingTeam<BudgetedEnergy<PlacementEnergy<ManyLanes>>>(
                [Budgeted(p, budget), Budgeted(p, budget)], new AnnealingOptions { Moves = 20_000, Parts = Math.Min(parts, p.Model.Nodes.Length) });
            for (var round = 1; round <= Rounds; round++)
            {
                Round(search, 1000, round);
                Assert.InRange(Moved(p, search.Best), 0, budget);
                Assert.Null(PlacementAudit.Violation(p.Model, search.Best));
                Assert.Equal(PlacementAudit.Terms(p.Model, search.Best).Total, search.BestValue);
            }
        },
        iter: 60);

    [Fact]
    public void Breeding_keeps_to_the_budget_too()
    {
        var p = RandomPlacements.Make(11, 12, 60, 4);
        var search = new GeneticSearch<BudgetedEnergy<PlacementEnergy<ManyLanes>>>(
            [.. Enumerable.Range(0, 4).Select(_ => Budgeted(p, 7))], new GeneticOptions { Moves = 80_000 });
        for (var round = 1; round <= Rounds; round++)
        {
            Round(search, 4000, round);
            Assert.InRange(Moved(p, search.Best), 0, 7);
        }

        Assert.True(search.BestValue < PlacementAudit.Terms(p.Model, p.Start).Total);
    }

    [Fact]
    public void A_budget_that_is_never_reached_changes_nothing()
    {
        var p = RandomPlacements.Make(11, 12, 60, 4);
        var options = new AnnealingOptions { Moves = 20_000, Parts = 1 };
        var free = new AnnealingTeam<PlacementEnergy<ManyLanes>>([new PlacementSystem<ManyLanes>(p.Model, p.Start)], options);
        var budgeted = new AnnealingTeam<BudgetedEnergy<PlacementEnergy<ManyLanes>>>([Budgeted(p, p.Model.Tasks.Length)], options);
        for (var round = 1; round <= Rounds; round++)
        {
            Round(free, 1000, round);
            Round(budgeted, 1000, round);
        }

        Assert.Equal(free.Best.ToArray(), budgeted.Best.ToArray());
        Assert.Equal(free.Tally, budgeted.Tally);
    }

    [Theory]
    [InlineData(1, 4, 10, 3, 1)]
    [InlineData(2, 4, 10, 3, 2)]
    [InlineData(3, 4, 12, 4, 3)]
    [InlineData(5, 6, 16, 2, 4)]
    public void Annealing_comes_within_1_per_cent_of_the_start_of_the_best_that_so_few_moves_can_do(ulong seed, int nodes, int tasks, int resources, int budget)
    {
        var p = RandomPlacements.Make(seed, nodes, tasks, resources);
        var optimum = PlacementOracle.Optimum(p.Model, budget);
        var search = new AnnealingRace<BudgetedEnergy<PlacementEnergy<ManyLanes>>>(
            [Budgeted(p, budget), Budgeted(p, budget)], new AnnealingOptions { Moves = 400_000, Parts = 1 });
        for (var round = 1; round <= Rounds; round++) Round(search, 400_000 / Rounds, round);
        Assert.InRange(search.BestValue, optimum, optimum + (0.01 * PlacementAudit.Terms(p.Model, p.Start).Total));
        Assert.True(optimum >= PlacementOracle.Optimum(p.Model));
    }

    [Fact]
    public void A_world_keeps_to_a_budget_as_well() => Gen.Select(RandomWorlds.Any, Gen.Int[0, 6]).Sample(
        (world, budget) =>
        {
            var search = new AnnealingTeam<BudgetedEnergy<WorldEnergy>>(
                [new MoveBudget<WorldEnergy>(new WorldSystem(world), budget)],
                new AnnealingOptions { Moves = 5_000, Parts = 1, Around = new Neighbourhood { Displacements = 0, Homes = 0.3 } });
            for (var round = 1; round <= Rounds; round++) Round(search, 250, round);
            Assert.InRange(WorldAudit.Terms(world, search.Best).Moved, 0, budget);
            Assert.Null(WorldAudit.Violation(world, search.Best));
        },
        iter: 40);

    [Fact]
    public void Refuses_a_start_that_has_spent_more_already()
    {
        var p = RandomPlacements.Make(11, 12, 60, 4);
        var moved = new PlacementSystem<ManyLanes>(p.Model, p.Start);
        var energy = moved.Cut(new int[moved.Nodes], 1)[0];
        for (var t = 0; t < moved.Tasks && energy.Change == 0; t++)
        {
            var node = Enumerable.Range(0, moved.Nodes).FirstOrDefault(n => n != energy.NodeOf(t) && energy.Fits(t, n) && energy.ShiftDelta(t, n, double.MaxValue) < 1e9, -1);
            if (node >= 0) energy.Shift(t, node, 1);
        }

        var error = Assert.Throws<ArgumentException>(() => new MoveBudget<PlacementEnergy<ManyLanes>>(moved, 0));
        Assert.Contains("1 tasks are away from home at the start; the budget is 0", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, new MoveBudget<PlacementEnergy<ManyLanes>>(moved, 1).Moves);
    }

    private static MoveBudget<PlacementEnergy<ManyLanes>> Budgeted(RandomPlacements.Problem p, int budget) =>
        new(new PlacementSystem<ManyLanes>(p.Model, p.Start), budget);

    private static int Moved(RandomPlacements.Problem p, ReadOnlySpan<int> nodes) => PlacementAudit.Terms(p.Model, nodes).Moved;

    private static void Round(IOptimiser search, long moves, int round)
    {
        foreach (var piece in search.Begin(moves, round / (double)Rounds)) piece.Run(CancellationToken.None);
        search.End();
    }
}
