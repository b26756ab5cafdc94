using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Lanes;
using Lepton.Scheduling.Annealing.Placing;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>What was done and undone leaves no trace: not where tasks are, not in the value, and not in the price of any move afterwards.</summary>
public sealed class UndoTests
{
    private const int Tries = 150;

    [Fact]
    public void Swaps_of_a_placement() => RandomPlacements.Any.Sample(
        p => LeavesNoTrace(() => new PlacementSystem<ManyLanes>(p.Model, p.Start), Swap), iter: 30);

    [Fact]
    public void Shifts_and_swaps_of_a_world() => RandomWorlds.Any.Sample(
        world =>
        {
            LeavesNoTrace(() => new WorldSystem(world), Swap);
            LeavesNoTrace(() => new WorldSystem(world), Shift);
        },
        iter: 30);

    /// <summary>Nothing is below the limit, so that each displacement sends tasks away, mends, and takes it all back.</summary>
    [Fact]
    public void Displacements_that_turned_out_too_dear() => RandomPlacements.Any.Sample(
        p => LeavesNoTrace(() => new PlacementSystem<ManyLanes>(p.Model, p.Start), Displace), iter: 30);

    private delegate void Attempt<TEnergy>(ref TEnergy energy, int tasks, int nodes, ref SeedStream random);

    private static void LeavesNoTrace<TEnergy>(Func<IPlacementSystem<TEnergy>> make, Attempt<TEnergy> attempt)
        where TEnergy : struct, IEnergy
    {
        var (system, untouched) = (make(), make());
        if (system.Nodes < 2 || system.Tasks == 0) return;
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        var random = new SeedStream(7);
        for (var i = 0; i < Tries; i++) attempt(ref energy, system.Tasks, system.Nodes, ref random);

        Assert.Equal(0, energy.Change, 1e-6);
        Assert.Equal(NodesOf(untouched), NodesOf(system));
        Assert.Equal(Prices(untouched), Prices(system), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6);
    }

    private static void Shift<TEnergy>(ref TEnergy e, int tasks, int nodes, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var (task, node) = (random.Next(tasks), random.Next(nodes));
        var from = e.NodeOf(task);
        if (node == from || !e.Fits(task, node)) return;
        var price = e.ShiftDelta(task, node, double.MaxValue);
        if (double.IsInfinity(price)) return;
        e.Shift(task, node, price);
        Assert.Equal(-price, e.ShiftDelta(task, from, double.MaxValue), 1e-6);
        e.Shift(task, from, -price);
    }

    private static void Swap<TEnergy>(ref TEnergy e, int tasks, int nodes, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var (task, other) = (random.Next(tasks), random.Next(tasks));
        if (e.NodeOf(task) == e.NodeOf(other)) return;
        var price = e.SwapDelta(task, other, double.MaxValue);
        if (double.IsInfinity(price)) return;
        e.Swap(task, other, price);
        e.Swap(task, other, -price);
    }

    private static void Displace<TEnergy>(ref TEnergy e, int tasks, int nodes, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        int[] allTasks = [.. Enumerable.Range(0, tasks)], allNodes = [.. Enumerable.Range(0, nodes)];
        var homing = random.Chance(0.5);

        // A limit that nothing reaches, and so hot that everything is mended as long as it goes.
        Assert.False(Displacement.Try(ref e, random.Next(tasks), random.Next(tasks), homing, allTasks, allNodes, -1e12, 1e12, ref random));
    }

    private static int[] NodesOf<TEnergy>(IPlacementSystem<TEnergy> system)
        where TEnergy : struct, IEnergy
    {
        var nodes = new int[system.Tasks];
        system.CopyTo(nodes);
        return nodes;
    }

    private static List<double> Prices<TEnergy>(IPlacementSystem<TEnergy> system)
        where TEnergy : struct, IEnergy
    {
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        var prices = new List<double>();
        for (var t = 0; t < system.Tasks; t++)
        {
            for (var n = 0; n < system.Nodes; n++)
            {
                if (n != energy.NodeOf(t)) prices.Add(energy.Fits(t, n) ? energy.ShiftDelta(t, n, double.MaxValue) : IEnergy.Refused);
            }
        }

        return prices;
    }
}
