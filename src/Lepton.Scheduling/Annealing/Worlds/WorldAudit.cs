namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>Terms and rules of a state of the world from scratch: the judge of <see cref="WorldEnergy"/>.</summary>
public static class WorldAudit
{
    public static WorldTerms Terms(WorldModel model, ReadOnlySpan<int> places)
    {
        var weights = model.Weights;
        double completion = 0, egress = 0, device = 0, moves = 0;
        var moved = 0;
        for (var t = 0; t < places.Length; t++)
        {
            var task = model.Tasks[t];
            var pool = model.Pools[model.Places[places[t]].Pool];
            var run = (float)task.RunSeconds / pool.Speed;
            var data = (task.DataRegion * model.Regions) + pool.Region;
            completion += run + ((float)task.DataGiB * model.Links.SecondsPerGiB[data]);
            device += (float)(task.DeviceSeconds ?? task.RunSeconds * task.Devices) / pool.Speed * pool.UsdPerDeviceHour / 3600;
            egress += (float)task.DataGiB * model.Links.UsdPerGiB[data];
            if (places[t] == task.Home) continue;
            moved += task.Tasks;
            var route = (model.Pools[model.Places[task.Home].Pool].Region * model.Regions) + pool.Region;
            var checkpoint = (float)task.CheckpointGiB;
            moves += (weights.MoveSeconds * task.Tasks) + (checkpoint * (model.Links.SecondsPerGiB[route] + (weights.SecondsPerUsd * model.Links.UsdPerGiB[route])));
        }

        var (waiting, utilisation) = Pools(model, places);
        return new WorldTerms(completion, waiting, utilisation, weights.SecondsPerUsd * (device + egress), moves, device + egress, moved);
    }

    /// <summary>Demand and supply of every pool, in devices.</summary>
    public static (double Demand, double Supply)[] Loads(WorldModel model, ReadOnlySpan<int> places)
    {
        var loads = new (double Demand, double Supply)[model.Pools.Length];
        foreach (var place in model.Places) loads[place.Pool].Supply += place.Devices;
        for (var t = 0; t < places.Length; t++) loads[model.Places[places[t]].Pool].Demand += model.Tasks[t].Devices;
        return loads;
    }

    /// <summary>The first rule that is broken, in words, or null.</summary>
    public static string? Violation(WorldModel model, ReadOnlySpan<int> places)
    {
        var devices = new long[model.Places.Length];
        var memory = new long[model.Places.Length];
        var quota = new long[model.Quota.Length];
        var copies = new HashSet<(int, int)>();
        for (var t = 0; t < places.Length; t++)
        {
            var task = model.Tasks[t];
            var pool = model.Pools[model.Places[places[t]].Pool];
            if (((task.Regions >> pool.Region) & 1) == 0) return $"task {t} may not be in region {pool.Region}";
            if (((task.Kinds >> pool.Kind) & 1) == 0) return $"task {t} cannot run on devices of kind {pool.Kind}";
            if (task.Copies >= 0 && !copies.Add((task.Copies, pool.Region))) return $"two copies {task.Copies} are in region {pool.Region}";
            devices[places[t]] += task.Devices;
            memory[places[t]] += task.MemoryGiB;
            quota[(task.Tenant * model.Regions) + pool.Region] += task.Devices;
        }

        for (var q = 0; q < quota.Length; q++)
        {
            if (quota[q] > model.Quota[q])
                return $"tenant {q / model.Regions} has {quota[q]} devices in region {q % model.Regions}, its quota is {model.Quota[q]}";
        }

        for (var n = 0; n < devices.Length; n++)
        {
            var place = model.Places[n];
            if (place.IsHard && (devices[n] > place.Devices || memory[n] > place.MemoryGiB))
                return $"place {n} holds {devices[n]} devices and {memory[n]} GiB, it has {place.Devices} and {place.MemoryGiB}";
        }

        return null;
    }

    private static (double Waiting, double Utilisation) Pools(WorldModel model, ReadOnlySpan<int> places)
    {
        double waiting = 0, utilisation = 0;
        foreach (var (demand, supply) in Loads(model, places))
        {
            if (supply <= 0) continue;
            var over = Math.Max(0, demand - supply);
            waiting += model.Weights.WaitSeconds * over * over / (2 * supply);
            var off = (demand / supply) - model.Weights.Target;
            utilisation += model.Weights.Lambda * supply * off * off;
        }

        return (waiting, utilisation);
    }
}
