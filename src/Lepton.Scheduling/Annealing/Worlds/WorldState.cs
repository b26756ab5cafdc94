using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>Arrays of a <see cref="WorldModel"/> and where every task is.</summary>
internal sealed class WorldState
{
    public WorldState(WorldModel model)
    {
        Model = model;
        Regions = model.Regions;
        Weights = model.Weights;
        Pools = new WorldPoolRow[model.Pools.Length];
        Places = new WorldPlaceRow[model.Places.Length];
        Tasks = new WorldTaskRow[model.Tasks.Length];
        QuotaLeft = [.. model.Quota];
        Link = new double[Regions * Regions];
        for (var i = 0; i < Link.Length; i++) Link[i] = model.Links.SecondsPerGiB[i] + (Weights.SecondsPerUsd * model.Links.UsdPerGiB[i]);
        FillPools();
        for (var t = 0; t < Tasks.Length; t++) Tasks[t] = Row(model.Tasks[t]);
        CopiesOf = Copies();
    }

    public WorldModel Model { get; }

    public int Regions { get; }

    public WorldWeights Weights { get; }

    public WorldTaskRow[] Tasks { get; }

    public WorldPlaceRow[] Places { get; }

    public WorldPoolRow[] Pools { get; }

    /// <summary>Seconds a GiB costs from region to region, money counted in.</summary>
    public double[] Link { get; }

    public int[] QuotaLeft { get; }

    /// <summary>Tasks of each set of copies.</summary>
    public int[][] CopiesOf { get; }

    /// <summary>Rooms, demands and quotas from where the tasks are.</summary>
    public void Rebuild()
    {
        Model.Quota.CopyTo(QuotaLeft);
        foreach (ref var pool in Pools.AsSpan()) pool.Demand = 0;
        for (var n = 0; n < Places.Length; n++)
        {
            var place = Model.Places[n];
            Places[n].Room = place.IsHard
                ? Vector128.Create(place.Devices, place.MemoryGiB, 0, 0)
                : Vector128.Create(int.MaxValue / 2);
        }

        foreach (ref readonly var task in Tasks.AsSpan())
        {
            ref var place = ref Places[task.Node];
            ref var pool = ref Pools[place.Pool];
            place.Room -= task.Need;
            pool.Demand += task.Devices;
            QuotaLeft[(task.Tenant * Regions) + pool.Region] -= task.Devices;
        }
    }

    private void FillPools()
    {
        for (var n = 0; n < Places.Length; n++)
        {
            Places[n].Pool = Model.Places[n].Pool;
            Pools[Places[n].Pool].Supply += Model.Places[n].Devices;
        }

        for (var p = 0; p < Pools.Length; p++)
        {
            var pool = Model.Pools[p];
            Pools[p].InverseSupply = Pools[p].Supply > 0 ? 1 / Pools[p].Supply : 0;
            Pools[p].InverseSpeed = 1 / pool.Speed;
            Pools[p].SecondsPerDeviceSecond = Weights.SecondsPerUsd * pool.UsdPerDeviceHour / 3600;
            (Pools[p].Region, Pools[p].Kind) = (pool.Region, pool.Kind);
        }
    }

    private WorldTaskRow Row(WorldTask task) => new()
    {
        Need = Vector128.Create(task.Devices, task.MemoryGiB, 0, 0),
        Regions = task.Regions,
        Kinds = task.Kinds,
        Node = task.Home,
        Home = task.Home,
        Tenant = checked((ushort)task.Tenant),
        Tasks = checked((ushort)task.Tasks),
        Copies = task.Copies,
        DataRegion = (short)task.DataRegion,
        HomeRegion = (short)Model.Pools[Model.Places[task.Home].Pool].Region,
        RunSeconds = (float)task.RunSeconds,
        DataGiB = (float)task.DataGiB,
        CheckpointGiB = (float)task.CheckpointGiB,
        DeviceSeconds = (float)(task.DeviceSeconds ?? task.RunSeconds * task.Devices),
    };

    private int[][] Copies()
    {
        var sets = new List<List<int>>();
        for (var t = 0; t < Tasks.Length; t++)
        {
            var set = Tasks[t].Copies;
            if (set < 0) continue;
            while (sets.Count <= set) sets.Add([]);
            sets[set].Add(t);
        }

        return [.. sets.Select(s => s.ToArray())];
    }
}
