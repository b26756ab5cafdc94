namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>Puts tasks on places of the pools they are meant for: on a node with room, else where the pool lets them wait, else they stay.</summary>
/// <remarks>Cost: O(tasks × <see cref="MostLookedAt"/>). Two sweeps, because a task that leaves may make room in a quota.</remarks>
internal sealed class WorldSettler
{
    private const int MostLookedAt = 64;
    private const int Sweeps = 2;

    private readonly WorldModel _model;
    private readonly int[][] _hard;
    private readonly int[][] _soft;
    private readonly int[] _next;

    public WorldSettler(WorldModel model)
    {
        _model = model;
        (_hard, _soft) = (Places(isHard: true), Places(isHard: false));
        _next = new int[model.Pools.Length];
    }

    public void Settle(ref WorldEnergy energy, int[] poolOfTask)
    {
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var t = 0; t < poolOfTask.Length; t++)
            {
                var pool = poolOfTask[t];
                if (_model.Places[energy.NodeOf(t)].Pool == pool) continue;
                if (!TryNodes(ref energy, t, pool)) TryWaiting(ref energy, t, pool);
            }
        }
    }

    private bool TryNodes(ref WorldEnergy energy, int task, int pool)
    {
        var nodes = _hard[pool];
        for (var i = 0; i < Math.Min(MostLookedAt, nodes.Length); i++)
        {
            if (TryPut(ref energy, task, nodes[_next[pool]])) return true;
            _next[pool] = (_next[pool] + 1) % nodes.Length;
        }

        return false;
    }

    private void TryWaiting(ref WorldEnergy energy, int task, int pool)
    {
        foreach (var place in _soft[pool])
        {
            if (TryPut(ref energy, task, place)) return;
        }
    }

    private static bool TryPut(ref WorldEnergy energy, int task, int place)
    {
        if (!energy.Fits(task, place)) return false;
        var price = energy.ShiftDelta(task, place, double.MaxValue);
        if (double.IsInfinity(price)) return false;
        energy.Shift(task, place, price);
        return true;
    }

    private int[][] Places(bool isHard)
    {
        var places = new List<int>[_model.Pools.Length];
        for (var p = 0; p < places.Length; p++) places[p] = [];
        for (var n = 0; n < _model.Places.Length; n++)
        {
            if (_model.Places[n].IsHard == isHard) places[_model.Places[n].Pool].Add(n);
        }

        return [.. places.Select(p => p.ToArray())];
    }
}
