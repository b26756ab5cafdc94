using System.Collections.Immutable;
using Lepton.Scheduling;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Benchmarks.Worlds;

/// <summary>
/// A made-up world in the image of MAST: total demand just below supply, the worst region asked for more than twice what it has, and a share of tasks
/// that residency, data or model bind to where they are.
/// </summary>
internal static class WorldMaker
{
    public const int Kinds = 2;
    public const int Tenants = 20;

    /// <summary>Demand over supply of the most popular region; the least popular gets what is left over.</summary>
    private const double WorstRatio = 2.63;

    /// <param name="hard">Tasks are on nodes and nodes are full at most; otherwise tasks wait in pools.</param>
    public static WorldModel Make(WorldShape shape, bool hard)
    {
        var random = SeedStream.For(shape.Seed, "world");
        var pools = Enumerable.Range(0, shape.Regions * Kinds)
            .Select(p => new WorldPool(p / Kinds, p % Kinds, (p % Kinds == 0 ? 2.2 : 4.1) * (0.8 + (0.4 * random.NextDouble())), p % Kinds == 0 ? 1 : 2.1))
            .ToImmutableArray();
        var places = hard ? Nodes(shape, pools) : Pools(shape, pools, ref random);
        if (shape.Queues) places = places.AddRange(pools.Select((_, p) => new WorldPlace(p, 0, 0, IsHard: false)));
        var demand = Ratios(shape, hard, places, pools);
        var tasks = new List<WorldTask>();
        var room = places.Select(p => p.Devices).ToArray();
        for (var p = 0; p < pools.Length; p++) Fill(tasks, p, demand[p], pools, places, room, shape, hard, ref random);
        return new WorldModel(shape.Regions, pools, places, [.. tasks], Links(shape.Regions), Quotas(shape, tasks, pools, places), new WorldWeights());
    }

    private static ImmutableArray<WorldPlace> Pools(WorldShape shape, ImmutableArray<WorldPool> pools, ref SeedStream random)
    {
        var places = ImmutableArray.CreateBuilder<WorldPlace>();
        for (var p = 0; p < pools.Length; p++)
        {
            var devices = (int)(shape.Tasks * WorldShape.MeanDevices / pools.Length / shape.Load * (0.5 + random.NextDouble()));
            places.Add(new WorldPlace(p, devices, 0, IsHard: false));
        }

        return places.ToImmutable();
    }

    private static ImmutableArray<WorldPlace> Nodes(WorldShape shape, ImmutableArray<WorldPool> pools) =>
        [.. Enumerable.Range(0, shape.Nodes).Select(n => new WorldPlace((int)((long)n * pools.Length / shape.Nodes), NodeDevices(shape), 2048, IsHard: true))];

    private static int NodeDevices(WorldShape shape) => Math.Max(8, (int)(shape.Tasks * WorldShape.MeanDevices / shape.Nodes / shape.Load));

    /// <summary>Devices asked of each pool: popularity falls geometrically, the first region at <see cref="WorstRatio"/>.</summary>
    private static double[] Ratios(WorldShape shape, bool hard, ImmutableArray<WorldPlace> places, ImmutableArray<WorldPool> pools)
    {
        var supply = new double[pools.Length];
        foreach (var place in places) supply[place.Pool] += place.Devices;
        if (hard && !shape.Queues) return [.. supply.Select(s => s * shape.Load)];
        var (low, high) = (0.01, 1.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            var total = supply.Select((s, p) => s * WorstRatio * Math.Pow(middle, pools[p].Region)).Sum();
            if (total > shape.Load * supply.Sum()) high = middle;
            else low = middle;
        }

        return [.. supply.Select((s, p) => s * WorstRatio * Math.Pow(low, pools[p].Region))];
    }

    private static void Fill(
        List<WorldTask> tasks, int pool, double demand, ImmutableArray<WorldPool> pools, ImmutableArray<WorldPlace> places, int[] room,
        WorldShape shape, bool hard, ref SeedStream random)
    {
        var first = Enumerable.Range(0, places.Length).First(n => places[n].Pool == pool);
        var count = places.Count(p => p.Pool == pool && (!hard || p.IsHard));
        var queue = shape.Queues ? places.Length - pools.Length + pool : -1;
        var tooLarge = int.MaxValue;
        for (var asked = 0; asked < demand;)
        {
            var devices = 1 << Math.Min(3, random.Next(6));
            var home = first + (hard ? random.Next(count) : 0);
            if (hard && devices >= tooLarge) home = queue;
            for (var next = 0; home != queue && hard && next < count && room[home] < devices; next++) home = first + ((home - first + 1) % count);
            if (hard && home != queue && room[home] < devices)
            {
                if (queue < 0) return;
                (tooLarge, home) = (devices, queue);
            }

            room[home] -= devices;
            asked += devices;
            tasks.Add(Task(home, devices, pools[pool], shape, ref random));
        }
    }

    private static WorldTask Task(int home, int devices, WorldPool pool, WorldShape shape, ref SeedStream random)
    {
        var pinned = random.Chance(shape.Pinned);
        var reason = random.Next(3);
        var data = Math.Pow(10, 3.5 * random.NextDouble());
        return new WorldTask
        {
            Home = home,
            Devices = devices,
            MemoryGiB = 4 * devices,
            RunSeconds = Math.Exp(7.5 + (1.2 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))),

            // Law binds to one region, data to two, the model of the device to a kind.
            Regions = !pinned || reason == 2 ? ulong.MaxValue
                : reason == 0 ? 1UL << pool.Region
                : (1UL << pool.Region) | (1UL << ((pool.Region + 1) % shape.Regions)),
            Kinds = pinned && reason == 2 ? 1U << pool.Kind : random.Chance(0.5) ? 1U << pool.Kind : (1U << Kinds) - 1,
            Tenant = random.Next(Tenants),
            DataRegion = pool.Region,
            DataGiB = data / 100,
            CheckpointGiB = devices * 0.5,
        };
    }

    private static WorldLinks Links(int regions)
    {
        var cells = Enumerable.Range(0, regions * regions).Select(i => (From: i / regions, To: i % regions)).ToList();
        return new WorldLinks(
            [.. cells.Select(c => c.From == c.To ? 0.0 : 4 + Math.Abs(c.From - c.To))],
            [.. cells.Select(c => c.From == c.To ? 0.0 : 0.02)]);
    }

    /// <summary>A tenant may have what it has, and half as much again of its even share everywhere.</summary>
    private static ImmutableArray<int> Quotas(WorldShape shape, List<WorldTask> tasks, ImmutableArray<WorldPool> pools, ImmutableArray<WorldPlace> places)
    {
        var quota = new int[Tenants * shape.Regions];
        foreach (var task in tasks) quota[(task.Tenant * shape.Regions) + pools[places[task.Home].Pool].Region] += task.Devices;
        var supply = new double[shape.Regions];
        foreach (var place in places) supply[pools[place.Pool].Region] += place.Devices;
        for (var q = 0; q < quota.Length; q++) quota[q] = Math.Max(quota[q], (int)(1.5 * supply[q % shape.Regions] / Tenants));
        return [.. quota];
    }
}

/// <summary>How large a made-up world is.</summary>
internal sealed record WorldShape(int Regions, int Nodes, int Tasks, double Load, double Pinned, ulong Seed)
{
    /// <summary>Tasks above what the nodes of a pool hold wait in the pool, as many as the skew asks for.</summary>
    public bool Queues { get; init; }

    /// <summary>Mean of 1, 2, 4 and 8 devices with 8 thrice as likely.</summary>
    public const double MeanDevices = 31 / 6.0;
}
