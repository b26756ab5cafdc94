using CsCheck;
using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>What must hold whatever comes late, twice, or in another order.</summary>
public sealed class RegionPropertiesTests
{
    [Fact]
    public void Every_task_runs_to_its_end_and_is_never_dispatched_twice_at_a_time() => Gen.ULong.Sample(seed =>
    {
        var world = World(seed);

        world.Drain();

        Assert.Equal(world.Jobs.Sum(j => j.Spec.TaskCount), world.Tasks.Count);
        Assert.All(world.Tasks.Values, t => Assert.Equal(TaskPhase.Succeeded, t.Phase));
        var dispatches = world.Region.Dispatches().GroupBy(d => d.Run.Task).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(world.Tasks.Values, t => Assert.Equal(t.Attempt, dispatches[t.Task]));
        var view = world.Region.View();
        Assert.All(view.Nodes, n => Assert.Equal(Capacity.Zero, n.Allocated));
        Assert.Equal((0, 0), (view.Summary.Pending, view.Summary.Running));
    }, iter: 150);

    [Fact]
    public void The_same_seed_gives_the_same_orders() => Gen.ULong.Sample(seed =>
    {
        var (one, two) = (World(seed), World(seed));
        one.Drain();
        two.Drain();

        Assert.Equal(
            one.Region.Dispatches().Select(d => (d.Run.Task, d.Node, d.Order)),
            two.Region.Dispatches().Select(d => (d.Run.Task, d.Node, d.Order)));
    }, iter: 20);

    [Fact]
    public void A_restarted_region_sees_what_the_one_that_never_crashed_sees() => Gen.Select(Gen.ULong, Gen.Int[0, 60]).Sample((seed, steps) =>
    {
        var world = World(seed);
        world.Drain();
        world.Submit("late", 12, 60, 1000);
        for (var i = 0; i < steps && world.Step(); i++)
        {
            // as far as the world gets
        }

        world.SettleNews();

        var ids = world.Jobs.SelectMany(j => Enumerable.Range(0, j.Spec.TaskCount).Select(i => new TaskId(j.Job, i))).ToArray();
        Assert.Equal(Picture(world.Region, ids), Picture(world.Reborn(), ids));
    }, iter: 60);

    [Fact]
    public void Work_goes_on_after_restarts_at_any_moment() => Gen.Select(Gen.ULong, Gen.Int[1, 40]).Sample((seed, every) =>
    {
        var world = World(seed);
        for (var restarts = 0; restarts < 4; restarts++)
        {
            for (var i = 0; i < every; i++) world.Step();
            world.SettleNews();
            world.Restart();
        }

        world.Drain();

        Assert.All(world.Tasks.Values, t => Assert.Equal(TaskPhase.Succeeded, t.Phase));
        Assert.Equal(world.Jobs.Sum(j => j.Spec.TaskCount), world.Tasks.Count);
    }, iter: 60);

    private static RegionWorld World(ulong seed)
    {
        var world = new RegionWorld(seed, nodes: 3);
        var chance = SeedStream.For(seed, "jobs");
        for (var job = 0; job < 3; job++) world.Submit($"j{job}", 1 + chance.Next(8), 40 + (10 * chance.Next(3)), 250 * (1 + chance.Next(4)));
        return world;
    }

    /// <summary>Phase, attempt and place of every task, and the count of what waits.</summary>
    private static (string Tasks, int Pending) Picture(MachineHarness region, TaskId[] ids)
    {
        var items = ((Overlays)region.Ask(new AskOverlay([.. ids]))!).Items;
        return (string.Join('\n', items.Select(o => $"{o.Task} {o.Phase} {o.Attempt} {o.Node}")), region.View().Summary.Pending);
    }
}
