using CsCheck;
using Lepton.Scheduling.Annealing;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Scheduling.Tests.Annealing;

public sealed class WorldEnergyTests
{
    [Fact]
    public void Incremental_energy_equals_energy_from_scratch_and_no_rule_breaks_after_every_move() => RandomWorlds.Any.Sample(
        model =>
        {
            var system = new WorldSystem(model);
            var start = system.Value;
            var places = new int[system.Tasks];
            var energy = new CheckedEnergy<WorldEnergy>(
                system.Cut(new int[system.Nodes], 1)[0],
                change =>
                {
                    system.CopyTo(places);
                    var value = WorldAudit.Terms(model, places).Total;
                    Assert.True(Math.Abs(value - (start + change)) < 1e-9 * (1 + Math.Abs(value)), $"{value} against {start + change}");
                    return WorldAudit.Violation(model, places);
                });
            Annealer.Run(
                ref energy,
                [.. system.TasksBySize],
                [.. Enumerable.Range(0, system.Nodes)],
                new Neighbourhood { Displacements = 0 },
                new Cooling(1e4, 10),
                new SeedStream(3),
                500,
                CancellationToken.None);
            energy.CheckRules();
        },
        iter: 60);

    [Fact]
    public void Copies_stay_in_different_regions()
    {
        var world = RandomWorlds.Make(3, 3, 0, hard: false);
        var copy = new WorldTask { Home = 0, Devices = 1, RunSeconds = 100, Copies = 0 };
        var model = world with { Tasks = [copy, copy with { Home = 6 }, copy with { Home = 12 }], Quota = [.. Enumerable.Repeat(100, 9)] };
        var energy = new WorldSystem(model).Cut(new int[model.Places.Length], 1)[0];
        Assert.Equal(IEnergy.Refused, energy.ShiftDelta(0, 6, double.MaxValue));
        Assert.True(energy.ShiftDelta(0, 3, double.MaxValue) < double.MaxValue);
        Assert.True(energy.SwapDelta(0, 1, double.MaxValue) < double.MaxValue);
    }

    [Fact]
    public void Bundles_stand_for_all_devices_of_their_tasks_and_keep_copies_single()
    {
        var world = RandomWorlds.Make(8, 4, 200, hard: true);
        var aggregate = WorldAggregate.Of(world, 32);
        Assert.Equal(world.Tasks.Sum(t => t.Devices), aggregate.Model.Tasks.Sum(t => t.Devices));
        Assert.True(aggregate.Model.Tasks.Length < world.Tasks.Length);
        Assert.Equal(world.Tasks.Length, aggregate.Model.Tasks.Sum(t => t.Tasks));
        Assert.Equal(world.Tasks.Count(t => t.Copies >= 0), aggregate.Model.Tasks.Count(t => t.Copies >= 0));
        var homes = aggregate.Model.Tasks.Select(t => t.Home).ToArray();
        Assert.Equal(world.Tasks.Select(t => world.Places[t.Home].Pool), aggregate.PoolOfTasks(homes));
    }

    [Fact]
    public void A_coordinator_prices_a_bundle_as_the_sum_of_its_tasks()
    {
        var world = RandomWorlds.Make(12, 4, 200, hard: false);
        var aggregate = WorldAggregate.Of(world, 32);
        var bundles = aggregate.Model.Tasks.Select(t => t.Home).ToArray();
        var below = world.Places.Select((p, n) => (p.Pool, n)).GroupBy(x => x.Pool).ToDictionary(g => g.Key, g => g.Select(x => x.n).ToArray());
        for (var b = 0; b < bundles.Length; b++)
        {
            // Wherever the first bit of residency and capability allows, so that many are away from home.
            var task = aggregate.Model.Tasks[b];
            bundles[b] = Enumerable.Range(0, world.Pools.Length).Last(p =>
                ((task.Regions >> world.Pools[p].Region) & 1) == 1 && ((task.Kinds >> world.Pools[p].Kind) & 1) == 1);
        }

        var places = aggregate.PoolOfTasks(bundles).Select((pool, t) => world.Places[world.Tasks[t].Home].Pool == pool ? world.Tasks[t].Home : below[pool][0]).ToArray();
        var (above, terms) = (WorldAudit.Terms(aggregate.Model, bundles), WorldAudit.Terms(world, places));
        Assert.Equal(terms.Moved, above.Moved);
        Assert.Equal(terms.Total, above.Total, 1e-5 * terms.Total);
    }
}
