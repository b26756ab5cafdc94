using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>All moves there are, from every state of a walk: what the energies allow, and at what price, against the audits.</summary>
public sealed class EveryMoveTests
{
    private const int Steps = 12;

    [Fact]
    public void Shifts_of_a_placement_are_allowed_exactly_when_no_rule_breaks_and_cost_what_the_audit_says() => Small.Sample(
        p => Walk(
            new PlacementSystem<ManyLanes>(p.Model, p.Start),
            (nodes, task, node, price) => Judge(p, nodes, [(task, node)], price, mayRefuse: false)),
        iter: 80);

    [Fact]
    public void Swaps_of_a_placement_keep_every_rule_and_are_refused_without_need_only_between_groups_that_need_each_other() => Small.Sample(
        p => WalkSwaps(
            new PlacementSystem<ManyLanes>(p.Model, p.Start),
            (nodes, task, other, price) =>
            {
                var (a, b) = (p.Model.Tasks[task].Group, p.Model.Tasks[other].Group);
                var related = p.Model.Groups[a].Needs.Contains(b) || p.Model.Groups[b].Needs.Contains(a);
                Judge(p, nodes, [(task, nodes[other]), (other, nodes[task])], price, related);
            }),
        iter: 80);

    [Fact]
    public void Shifts_of_a_world_are_allowed_exactly_when_no_rule_breaks_and_cost_what_the_audit_says() => SmallWorld.Sample(
        world => Walk(new WorldSystem(world), (places, task, place, price) => Judge(world, places, [(task, place)], price)), iter: 80);

    [Fact]
    public void Swaps_of_a_world_are_allowed_exactly_when_no_rule_breaks_and_cost_what_the_audit_says() => SmallWorld.Sample(
        world => WalkSwaps(
            new WorldSystem(world), (places, task, other, price) => Judge(world, places, [(task, places[other]), (other, places[task])], price)),
        iter: 80);

    private static readonly Gen<RandomPlacements.Problem> Small = Gen.Select(Gen.ULong, Gen.Int[2, 5], Gen.Int[1, 9], Gen.Int[1, 4])
        .Select((seed, nodes, tasks, resources) => RandomPlacements.Make(seed, nodes, tasks, resources));

    private static readonly Gen<WorldModel> SmallWorld = Gen.Select(Gen.ULong, Gen.Int[1, 3], Gen.Int[1, 10], Gen.Bool)
        .Select((seed, regions, tasks, hard) => RandomWorlds.Make(seed, regions, tasks, hard));

    private static void Judge(RandomPlacements.Problem p, int[] nodes, (int Task, int Node)[] moves, double price, bool mayRefuse)
    {
        // What stays at home while a task is away is counted from the homes of the model.
        var after = After(nodes, moves);
        var violation = PlacementAudit.Violation(p.Model, after);
        if (double.IsInfinity(price))
        {
            Assert.True(mayRefuse || violation is not null, $"refused without need: {string.Join(", ", moves)} from {string.Join(' ', nodes)}");
            return;
        }

        Assert.Null(violation);
        Assert.Equal(PlacementAudit.Terms(p.Model, after).Total - PlacementAudit.Terms(p.Model, nodes).Total, price);
    }

    private static void Judge(WorldModel world, int[] places, (int Task, int Place)[] moves, double price)
    {
        var after = After(places, moves);
        var violation = WorldAudit.Violation(world, after);
        Assert.Equal(violation is not null, double.IsInfinity(price));
        if (violation is not null) return;
        var value = WorldAudit.Terms(world, after).Total;
        Assert.Equal(value - WorldAudit.Terms(world, places).Total, price, 1e-9 * (1 + Math.Abs(value)));
    }

    private static int[] After(int[] nodes, (int Task, int Node)[] moves)
    {
        var after = nodes.ToArray();
        foreach (var (task, node) in moves) after[task] = node;
        return after;
    }

    /// <summary>Random allowed shifts; before each, every task is tried on every node.</summary>
    private static void Walk<TEnergy>(IPlacementSystem<TEnergy> system, Action<int[], int, int, double> judge)
        where TEnergy : struct, IEnergy => Step(system, (ref TEnergy energy, int[] nodes, int[] taskOfModel) =>
    {
        for (var t = 0; t < system.Tasks; t++)
        {
            for (var node = 0; node < system.Nodes; node++)
            {
                if (node == energy.NodeOf(t)) continue;
                var price = energy.Fits(t, node) ? energy.ShiftDelta(t, node, double.MaxValue) : IEnergy.Refused;
                judge(nodes, taskOfModel[t], node, price);
            }
        }
    });

    private static void WalkSwaps<TEnergy>(IPlacementSystem<TEnergy> system, Action<int[], int, int, double> judge)
        where TEnergy : struct, IEnergy => Step(system, (ref TEnergy energy, int[] nodes, int[] taskOfModel) =>
    {
        for (var t = 0; t < system.Tasks; t++)
        {
            for (var other = 0; other < system.Tasks; other++)
            {
                if (energy.NodeOf(t) != energy.NodeOf(other)) judge(nodes, taskOfModel[t], taskOfModel[other], energy.SwapDelta(t, other, double.MaxValue));
            }
        }
    });

    private delegate void Look<TEnergy>(ref TEnergy energy, int[] nodes, int[] taskOfModel);

    private static void Step<TEnergy>(IPlacementSystem<TEnergy> system, Look<TEnergy> look)
        where TEnergy : struct, IEnergy
    {
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        var taskOfModel = Numbering(system);
        var random = new SeedStream(5);
        var nodes = new int[system.Tasks];
        for (var step = 0; step < Steps; step++)
        {
            system.CopyTo(nodes);
            look(ref energy, nodes, taskOfModel);
            for (var tries = 0; tries < 20; tries++)
            {
                var (task, node) = (random.Next(system.Tasks), random.Next(system.Nodes));
                if (node == energy.NodeOf(task) || !energy.Fits(task, node)) continue;
                var price = energy.ShiftDelta(task, node, double.MaxValue);
                if (!double.IsInfinity(price)) energy.Shift(task, node, price);
            }
        }
    }

    /// <summary>A placement numbers tasks by group.</summary>
    private static int[] Numbering<TEnergy>(IPlacementSystem<TEnergy> system)
        where TEnergy : struct, IEnergy => system is PlacementSystem<ManyLanes> placement
        ? placement.ModelTasks.ToArray()
        : [.. Enumerable.Range(0, system.Tasks)];
}
