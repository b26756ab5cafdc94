using System.Collections.Immutable;
using CsCheck;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>Small random worlds with every rule in them, valid as they start.</summary>
internal static class RandomWorlds
{
    public static readonly Gen<WorldModel> Any = Gen.Select(Gen.ULong, Gen.Int[1, 6], Gen.Int[1, 40], Gen.Bool)
        .Select((seed, regions, tasks, hard) => Make(seed, regions, tasks, hard));

    public static WorldModel Make(ulong seed, int regions, int tasks, bool hard)
    {
        var random = new SeedStream(seed);
        const int kinds = 2;
        const int tenants = 3;
        ImmutableArray<WorldPool> pools =
        [
            .. Enumerable.Range(0, regions * kinds).Select(p => new WorldPool(p / kinds, p % kinds, 1 + random.Next(4), 1 + (random.Next(3) / 2.0))),
        ];
        var places = Enumerable.Range(0, pools.Length * 3).Select(n => (Pool: n / 3, Devices: 8 + random.Next(8))).ToArray();
        var homes = new List<WorldTask>();
        for (var t = 0; t < tasks; t++) homes.Add(Task(t, places.Length, pools, regions, ref random));
        var quota = new int[tenants * regions];
        foreach (var task in homes) quota[(task.Tenant * regions) + pools[places[task.Home].Pool].Region] += task.Devices;
        for (var q = 0; q < quota.Length; q++) quota[q] += random.Next(20);
        var links = Enumerable.Range(0, regions * regions).Select(i => i / regions == i % regions ? 0.0 : 1 + random.Next(5)).ToImmutableArray();
        return new WorldModel(
            regions,
            pools,
            [.. places.Select((p, n) => Place(n, p, homes, hard))],
            [.. homes],
            new WorldLinks(links, links),
            [.. quota],
            new WorldWeights { Lambda = 500 });
    }

    private static WorldPlace Place(int index, (int Pool, int Devices) place, List<WorldTask> tasks, bool hard)
    {
        var here = tasks.Where(t => t.Home == index).ToList();
        return new WorldPlace(place.Pool, Math.Max(place.Devices, here.Sum(t => t.Devices)), 64 + here.Sum(t => t.MemoryGiB), hard);
    }

    private static WorldTask Task(int index, int places, ImmutableArray<WorldPool> pools, int regions, ref SeedStream random)
    {
        var home = random.Next(places);
        var pool = pools[home / 3];
        return new WorldTask
        {
            Home = home,
            Devices = 1 << random.Next(4),
            MemoryGiB = random.Next(64),
            RunSeconds = 60 + random.Next(3600),
            Regions = random.Chance(0.3) ? 1UL << pool.Region : ulong.MaxValue,
            Kinds = random.Chance(0.5) ? 1U << pool.Kind : uint.MaxValue,
            Tenant = random.Next(3),
            Copies = random.Chance(0.2) ? index : -1,
            DataRegion = random.Next(regions),
            DataGiB = random.Next(50),
            CheckpointGiB = random.Next(20),
        };
    }
}
