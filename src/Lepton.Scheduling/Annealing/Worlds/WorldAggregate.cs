using System.Collections.Immutable;

namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>
/// The upper of two levels: the world with a pool for a place, and tasks of one class joined to bundles that move as one. A region sends counts of
/// classes; what a bundle stands for is chosen again inside the regions.
/// </summary>
/// <remarks>
/// Tasks alike in what moving them costs share a bundle, so that the coordinator can send the cheap ones. Cost: O(tasks × log tasks). Copies stay single, so
/// that they stay apart.
/// </remarks>
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
        foreach (var t in CheapestToMoveFirst(world))
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

    private static int[] CheapestToMoveFirst(WorldModel world)
    {
        var order = new int[world.Tasks.Length];
        var cost = new double[order.Length];
        for (var t = 0; t < order.Length; t++)
        {
            var task = world.Tasks[t];
            (order[t], cost[t]) = (t, (task.DataGiB + task.CheckpointGiB + (task.RunSeconds / 1e6)) / Math.Max(1, task.Devices));
        }

        Array.Sort(cost, order);
        return order;
    }

    /// <summary>The pool each task of the world below is meant for.</summary>
    public int[] PoolOfTasks(ReadOnlySpan<int> poolOfBundles)
    {
        var pools = new int[_bundleOf.Length];
        for (var t = 0; t < pools.Length; t++) pools[t] = poolOfBundles[_bundleOf[t]];
        return pools;
    }

    // Every amount of a bundle is the sum over its tasks, so that the coordinator sees the same prices as the regions.
    private static WorldTask Joined(WorldTask a, WorldTask b) => a with
    {
        Devices = a.Devices + b.Devices,
        MemoryGiB = a.MemoryGiB + b.MemoryGiB,
        RunSeconds = a.RunSeconds + b.RunSeconds,
        DeviceSeconds = DeviceSeconds(a) + DeviceSeconds(b),
        Tasks = a.Tasks + b.Tasks,
        DataGiB = a.DataGiB + b.DataGiB,
        CheckpointGiB = a.CheckpointGiB + b.CheckpointGiB,
    };

    private static double DeviceSeconds(WorldTask task) => task.DeviceSeconds ?? task.RunSeconds * task.Devices;

    private static ImmutableArray<WorldPlace> Pools(WorldModel world)
    {
        var devices = new int[world.Pools.Length];
        foreach (var place in world.Places) devices[place.Pool] += place.Devices;
        return [.. devices.Select((d, pool) => new WorldPlace(pool, d, 0, IsHard: false))];
    }
}
