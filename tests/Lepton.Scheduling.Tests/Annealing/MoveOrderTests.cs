using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Ordering;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class MoveOrderTests
{
    [Fact]
    public void Every_state_on_the_way_is_valid_whichever_move_of_a_round_ends_first() => RandomPlacements.Any.Sample(
        p =>
        {
            var wanted = Annealed(p);
            var plan = MoveOrder.Plan(p.Model, p.Start, wanted);
            var random = new SeedStream(9);
            var nodes = p.Start.ToArray();
            foreach (var round in plan.Rounds)
            {
                foreach (var move in round.OrderBy(_ => random.NextUInt64()))
                {
                    Assert.Equal(move.From, nodes[move.Task]);
                    nodes[move.Task] = move.To;
                    Assert.Null(Broken(p.Model, nodes));
                }
            }

            Assert.Equal(plan.Final, nodes);
            foreach (var left in plan.Left) Assert.NotEqual(left.To, nodes[left.Task]);
        },
        iter: 60);

    [Fact]
    public void Both_ends_hold_the_resources_during_a_move()
    {
        // The first wants the place of the second, which is full until the second has gone.
        var plan = MoveOrder.Plan(Two(capacity: 10, sizes: [10, 5], spareNodes: 1), [0, 1], [1, 2]);
        Assert.Equal(2, plan.Rounds.Length);
        Assert.Empty(plan.Left);
    }

    [Fact]
    public void Parks_a_task_elsewhere_when_two_stand_in_each_others_way()
    {
        var model = Two(capacity: 10, sizes: [10, 10], spareNodes: 1);
        var plan = MoveOrder.Plan(model, [0, 1], [1, 0]);
        Assert.Equal([1, 0], plan.Final);
        Assert.Single(plan.Rounds.SelectMany(r => r), m => m.IsPark);
    }

    [Fact]
    public void Says_what_it_left_out_when_there_is_nowhere_to_park()
    {
        var plan = MoveOrder.Plan(Two(capacity: 10, sizes: [10, 10]), [0, 1], [1, 0]);
        Assert.Empty(plan.Rounds);
        Assert.Equal(2, plan.Left.Length);
        Assert.Equal([0, 1], plan.Final);
    }

    private static PlacementModel Two(long capacity, long[] sizes, int spareNodes = 0) => new()
    {
        Resources = [new PlacementResource(false, 1)],
        Nodes = [.. Enumerable.Range(0, 2 + spareNodes).Select(n => new PlacementNode([capacity], [capacity], n, 0))],
        Groups = [.. sizes.Select(_ => new PlacementGroup(1, []))],
        Tasks = [.. sizes.Select((s, t) => new PlacementTask(t, [s], 1, t))],
        Prices = new MovePrices(1, 1, 1),
        Routes = RouteTable.Free(2 + spareNodes),
    };

    private static int[] Annealed(RandomPlacements.Problem p)
    {
        var team = new AnnealingTeam<PlacementEnergy<ManyLanes>>(
            [new PlacementSystem<ManyLanes>(p.Model, p.Start)], new AnnealingOptions { Moves = 5000, Parts = 1 });
        foreach (var piece in team.Begin(5000, 1)) piece.Run(CancellationToken.None);
        team.End();
        return team.Best.ToArray();
    }

    /// <summary>Rules with the task gone from where it was: what stays behind of resources held while moving is the plan's business, not the order's.</summary>
    private static string? Broken(PlacementModel model, int[] nodes) => PlacementAudit.Violation(
        model with { Tasks = [.. model.Tasks.Select((t, i) => t with { Home = nodes[i] })] }, nodes);
}
