using Google.OrTools.Sat;
using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Scheduling.Tests.Annealing.Oracles;

/// <summary>The proven best value of a tiny world, by CP-SAT; prices are counted in thousandths of a second.</summary>
internal sealed class WorldOracle
{
    private const double Unit = 1000;

    private readonly WorldModel _world;
    private readonly CpModel _model = new();
    private readonly BoolVar[,] _at;
    private readonly List<LinearExpr> _cost = [];

    private WorldOracle(WorldModel world)
    {
        _world = world;
        _at = new BoolVar[world.Tasks.Length, world.Places.Length];
        foreach (var t in Tasks)
        {
            foreach (var p in Places) _at[t, p] = _model.NewBoolVar($"task {t} at {p}");
            _model.AddExactlyOne(Places.Select(p => _at[t, p]));
            Price(t);
        }

        Rooms();
        Quotas();
        Copies();
        for (var pool = 0; pool < world.Pools.Length; pool++) Pool(pool);
        _model.Minimize(LinearExpr.Sum(_cost));
    }

    private IEnumerable<int> Tasks => Enumerable.Range(0, _world.Tasks.Length);

    private IEnumerable<int> Places => Enumerable.Range(0, _world.Places.Length);

    /// <returns>The optimum in seconds, proven up to half a thousandth of a second a task and a pool.</returns>
    public static double Optimum(WorldModel world) => Solved.Value(new WorldOracle(world)._model) / Unit;

    /// <summary>Time, money and move of one task at each place; the pools' own terms are priced by themselves.</summary>
    private void Price(int t)
    {
        var task = _world.Tasks[t];
        var weights = _world.Weights;
        foreach (var p in Places)
        {
            var pool = PoolOf(p);
            var allowed = ((task.Regions >> pool.Region) & 1) == 1 && ((task.Kinds >> pool.Kind) & 1) == 1;
            if (!allowed) _model.Add(_at[t, p] == 0);
            var run = task.RunSeconds / pool.Speed;
            var data = Link(task.DataRegion, pool.Region);
            var usd = (run * task.Devices * pool.UsdPerDeviceHour / 3600) + (task.DataGiB * data.Usd);
            var price = run + (task.DataGiB * data.Seconds) + (weights.SecondsPerUsd * usd);
            var route = Link(PoolOf(task.Home).Region, pool.Region);
            if (p != task.Home) price += weights.MoveSeconds + (task.CheckpointGiB * (route.Seconds + (weights.SecondsPerUsd * route.Usd)));
            _cost.Add((long)Math.Round(price * Unit) * _at[t, p]);
        }
    }

    private void Rooms()
    {
        foreach (var p in Places.Where(p => _world.Places[p].IsHard))
        {
            _model.Add(LinearExpr.Sum(Tasks.Select(t => _world.Tasks[t].Devices * _at[t, p])) <= _world.Places[p].Devices);
            _model.Add(LinearExpr.Sum(Tasks.Select(t => _world.Tasks[t].MemoryGiB * _at[t, p])) <= _world.Places[p].MemoryGiB);
        }
    }

    private void Quotas()
    {
        foreach (var tenant in Tasks.GroupBy(t => _world.Tasks[t].Tenant))
        {
            for (var r = 0; r < _world.Regions; r++)
                _model.Add(LinearExpr.Sum(tenant.Select(t => _world.Tasks[t].Devices * In(t, r))) <= _world.Quota[(tenant.Key * _world.Regions) + r]);
        }
    }

    private void Copies()
    {
        foreach (var set in Tasks.Where(t => _world.Tasks[t].Copies >= 0).GroupBy(t => _world.Tasks[t].Copies))
        {
            for (var r = 0; r < _world.Regions; r++) _model.Add(LinearExpr.Sum(set.Select(t => In(t, r))) <= 1);
        }
    }

    /// <summary>A pool costs what a table says for its demand, a whole number.</summary>
    private void Pool(int pool)
    {
        var places = Places.Where(p => _world.Places[p].Pool == pool).ToList();
        double supply = places.Sum(p => _world.Places[p].Devices);
        if (supply <= 0) return;
        var most = _world.Tasks.Sum(t => t.Devices);
        var demand = _model.NewIntVar(0, most, $"demand {pool}");
        _model.Add(demand == LinearExpr.Sum(Tasks.SelectMany(t => places.Select(p => _world.Tasks[t].Devices * _at[t, p]))));
        var table = Enumerable.Range(0, most + 1).Select(d => (long)Math.Round(Unit * PoolSeconds(d, supply))).ToArray();
        var price = _model.NewIntVar(0, table.Max(), $"price {pool}");
        _model.AddElement(demand, table, price);
        _cost.Add(price);
    }

    private double PoolSeconds(int demand, double supply)
    {
        var over = Math.Max(0, demand - supply);
        var off = (demand / supply) - _world.Weights.Target;
        return (_world.Weights.WaitSeconds * over * over / (2 * supply)) + (_world.Weights.Lambda * supply * off * off);
    }

    private LinearExpr In(int task, int region) => LinearExpr.Sum(Places.Where(p => PoolOf(p).Region == region).Select(p => _at[task, p]));

    private WorldPool PoolOf(int place) => _world.Pools[_world.Places[place].Pool];

    private (double Seconds, double Usd) Link(int from, int to)
    {
        var i = (from * _world.Regions) + to;
        return (_world.Links.SecondsPerGiB[i], _world.Links.UsdPerGiB[i]);
    }
}
