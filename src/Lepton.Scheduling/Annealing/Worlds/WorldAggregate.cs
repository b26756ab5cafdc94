using System.Collections.Immutable;

namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>
/// The upper of two levels: the world with a pool for a place, and tasks of one class joined to bundles that move as one. A region sends counts of
/// classes; what a bundle stands for is chosen again inside the regions.
/// </summary>
/// <remarks>Cost: O(tasks). Copies stay single, so that they stay apart.</remarks>
public sealed class WorldAggregate
{
    private readonly int[] _bundleOf;

    private WorldAggregate(WorldModel model, int[] bundleOf) => (Model, _bundleOf) = (model, bundleOf);

    /// <summary>Pools as places, bundles as tasks.</summary>
    public WorldModel Model { get; }

    /// <param name="world">Tasks on nodes.</param>
    /// <param name="bundleDevices">A bundle is closed when it asks for so many devices.</param>
    public static WorldAggregate Of(WorldModel world, int bundleDevices)
    {
        ArgumentNullException.ThrowIfNull(world);
        var bundles = new List<WorldTask>();
        var open = new Dictionary<(int, ulong, uint, int, int), int>();
        var bundleOf = new int[world.Tasks.Length];
        for (var t = 0; t < bundleOf.Length; t++)
        {
            var task = world.Tasks[t] with { Home = world.Places[world.Tasks[t].Home].Pool };
            var key = (task.Home, task.Regions, task.Kinds, task.Tenant, task.DataRegion);
            if (task.Copies < 0 && open.TryGetValue(key, out var bundle) && bundles[bundle].Devices + task.Devices <= bundleDevices)
            {
                bundles[bundle] = Joined(bundles[bundle], task);
                bundleOf[t] = bundle;
                continue;
            }

            bundleOf[t] = bundles.Count;
            if (task.Copies < 0) open[key] = bundles.Count;
            bundles.Add(task);
        }

        return new WorldAggregate(world with { Places = Pools(world), Tasks = [.. bundles] }, bundleOf);
    }

    /// <summary>The pool each task of the world below is meant for.</summary>
    public int[] PoolOfTasks(ReadOnlySpan<int> poolOfBundles)
    {
        var pools = new int[_bundleOf.Length];
        for (var t = 0; t < pools.Length; t++) pools[t] = poolOfBundles[_bundleOf[t]];
        return pools;
    }

    // The run time of a bundle weighs by devices, so that run × devices stays the sum over its tasks.
    private static WorldTask Joined(WorldTask a, WorldTask b) => a with
    {
        Devices = a.Devices + b.Devices,
        MemoryGiB = a.MemoryGiB + b.MemoryGiB,
        RunSeconds = ((a.RunSeconds * a.Devices) + (b.RunSeconds * b.Devices)) / Math.Max(1, a.Devices + b.Devices),
        DataGiB = a.DataGiB + b.DataGiB,
        CheckpointGiB = a.CheckpointGiB + b.CheckpointGiB,
    };

    private static ImmutableArray<WorldPlace> Pools(WorldModel world)
    {
        var devices = new int[world.Pools.Length];
        foreach (var place in world.Places) devices[place.Pool] += place.Devices;
        return [.. devices.Select((d, pool) => new WorldPlace(pool, d, 0, IsHard: false))];
    }
}
