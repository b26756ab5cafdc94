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
    public void Every_node_has_room_for_all_that_come_and_all_that_have_not_left() => RandomPlacements.Any.Sample(
        p =>
        {
            var plan = MoveOrder.Plan(p.Model, p.Start, Annealed(p));
            var nodes = p.Start.ToArray();
            foreach (var round in plan.Rounds)
            {
                // A task on its way holds its resources where it was and where it will be, until the round is over.
                var held = nodes.Select((n, t) => (Node: n, Task: t)).Concat(round.Select(m => (Node: m.To, m.Task)));
                foreach (var node in held.GroupBy(h => h.Node))
                {
                    for (var r = 0; r < p.Model.Resources.Length; r++)
                        Assert.True(node.Sum(h => p.Model.Tasks[h.Task].Need[r]) <= p.Model.Nodes[node.Key].Capacity[r]);
                }

                Assert.Equal(round.Length, round.Select(m => m.Task).Distinct().Count());
                foreach (var move in round) nodes[move.Task] = move.To;
            }
        },
        iter: 60);

    [Fact]
    public void Spread_and_needs_hold_while_any_of_a_round_are_on_their_way() => RandomPlacements.Any.Sample(
        p =>
        {
            var plan = MoveOrder.Plan(p.Model, p.Start, Annealed(p));
            var random = new SeedStream(4);
            var nodes = p.Start.ToArray();
            foreach (var round in plan.Rounds)
            {
                for (var look = 0; look < 8; look++)
                {
                    var some = nodes.ToArray();
                    foreach (var move in round.Where(_ => random.Chance(0.5))) some[move.Task] = move.To;
                    Assert.Null(Broken(p.Model, some));
                }

                foreach (var move in round) nodes[move.Task] = move.To;
            }
        },
        iter: 60);

    [Fact]
    public void Parking_ends_and_dissolves_every_circle_when_one_node_is_spare() => Gen.Select(Gen.ULong, Gen.Int[2, 12], Gen.Int[0, 2]).Sample(
        (seed, tasks, spare) =>
        {
            // Each task fills its node, so that the moves are circles and nothing but parking breaks them.
            var random = new SeedStream(seed);
            var to = Enumerable.Range(0, tasks).ToArray();
            for (var t = tasks - 1; t > 0; t--)
            {
                var other = random.Next(t + 1);
                (to[t], to[other]) = (to[other], to[t]);
            }

            var start = Enumerable.Range(0, tasks).ToArray();
            var plan = MoveOrder.Plan(Full(tasks, spare), start, to);
            var parks = plan.Rounds.SelectMany(r => r).Count(m => m.IsPark);
            Assert.True(parks <= tasks);
            Assert.Equal(spare > 0 ? to : start, plan.Final);
            Assert.Equal(spare > 0 ? 0 : to.Where((n, t) => n != t).Count(), plan.Left.Length);
        },
        iter: 200);

    /// <summary>Plans of a few tasks on a few tight nodes, and every order of single moves, with every stop on the way, tried.</summary>
    [Fact]
    public void Orders_nearly_everything_that_can_be_ordered_at_all()
    {
        var (possible, ordered) = (0, 0);
        for (var seed = 1UL; seed <= 300; seed++)
        {
            var p = RandomPlacements.Make(seed, 3 + (int)(seed % 2), 4 + (int)(seed % 3), 2);
            var wanted = Annealed(p);
            if (p.Start.AsSpan().SequenceEqual(wanted)) continue;
            var plan = MoveOrder.Plan(p.Model, p.Start, wanted);
            if (plan.Left.IsEmpty) Assert.Equal(wanted, plan.Final);
            if (!IsReachable(p.Model, p.Start, wanted))
            {
                Assert.NotEmpty(plan.Left);
                continue;
            }

            possible++;
            ordered += plan.Left.IsEmpty ? 1 : 0;
        }

        Assert.True(possible > 100, $"{possible} plans that can be ordered");
        Assert.True(ordered >= 0.97 * possible, $"{ordered} of {possible}");
    }

    [Fact]
    public void A_task_that_is_where_it_belongs_makes_way_and_comes_back()
    {
        // The first and the second change places. The first has room only while the third, which stays, is away, and only the third fits the spare node.
        var model = Two(capacity: 0, sizes: [10, 6, 4]) with
        {
            Nodes = [.. new[] { 12L, 16L, 4L }.Select((c, n) => new PlacementNode([c], [c], n, 0))],
            Routes = RouteTable.Free(3),
        };
        var plan = MoveOrder.Plan(model, [0, 1, 1], [1, 0, 1]);
        Assert.Empty(plan.Left);
        Assert.Equal([1, 0, 1], plan.Final);
        Assert.Equal(2, Assert.Single(plan.Rounds.SelectMany(r => r), m => m.IsPark).Task);
    }

    [Fact]
    public void Two_of_a_group_that_change_domains_keep_it_spread_by_way_of_a_third()
    {
        // Two locations with two nodes each: the group must be in two locations, and each move alone would put both into one.
        var model = Full(2, spare: 3) with
        {
            Nodes = [.. new[] { 0, 1, 0, 1, 2 }.Select(location => new PlacementNode([10], [10], location, 0))],
            Groups = [new PlacementGroup(2, [])],
            Tasks = [.. Enumerable.Range(0, 2).Select(t => new PlacementTask(0, [10], 1, t))],
        };
        var plan = MoveOrder.Plan(model, [0, 1], [3, 2]);
        Assert.Empty(plan.Left);
        Assert.Equal([3, 2], plan.Final);
        Assert.Equal(4, Assert.Single(plan.Rounds.SelectMany(r => r), m => m.IsPark).To);
    }

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

    /// <summary>Whether single moves, each of which has room at both ends and leaves a valid placement, lead from one to the other.</summary>
    private static bool IsReachable(PlacementModel model, int[] from, int[] to)
    {
        var seen = new HashSet<string> { string.Join(' ', from) };
        var open = new Queue<int[]>([from]);
        while (open.TryDequeue(out var nodes))
        {
            if (nodes.AsSpan().SequenceEqual(to)) return true;
            for (var t = 0; t < nodes.Length; t++)
            {
                for (var n = 0; n < model.Nodes.Length; n++)
                {
                    if (n == nodes[t]) continue;
                    var next = nodes.ToArray();
                    next[t] = n;
                    if (Broken(model, next) is null && seen.Add(string.Join(' ', next))) open.Enqueue(next);
                }
            }
        }

        return false;
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

    private static PlacementModel Full(int tasks, int spare) => new()
    {
        Resources = [new PlacementResource(true, 1)],
        Nodes = [.. Enumerable.Range(0, tasks + spare).Select(n => new PlacementNode([10], [10], n, 0))],
        Groups = [.. Enumerable.Range(0, tasks).Select(_ => new PlacementGroup(1, []))],
        Tasks = [.. Enumerable.Range(0, tasks).Select(t => new PlacementTask(t, [10], 1, t))],
        Prices = new MovePrices(1, 1, 1),
        Routes = RouteTable.Free(tasks + spare),
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
