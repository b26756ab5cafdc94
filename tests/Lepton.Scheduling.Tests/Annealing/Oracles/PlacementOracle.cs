using Google.OrTools.Sat;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Annealing.Oracles;

/// <summary>The proven best value of a tiny placement, by CP-SAT over a model written from the rules and not from the engine.</summary>
internal sealed class PlacementOracle
{
    private readonly PlacementModel _problem;
    private readonly CpModel _model = new();
    private readonly BoolVar[,] _on;
    private readonly List<LinearExpr> _cost = [];

    private PlacementOracle(PlacementModel problem, int mostMoved)
    {
        _problem = problem;
        _on = new BoolVar[problem.Tasks.Length, problem.Nodes.Length];
        for (var t = 0; t < problem.Tasks.Length; t++)
        {
            for (var n = 0; n < problem.Nodes.Length; n++) _on[t, n] = _model.NewBoolVar($"task {t} on {n}");
            _model.AddExactlyOne(Nodes.Select(n => _on[t, n]));
        }

        for (var n = 0; n < problem.Nodes.Length; n++) Room(n);
        for (var g = 0; g < problem.Groups.Length; g++) Rules(g);
        Moves();
        _model.Add(LinearExpr.Sum(Tasks.Select(t => 1 - _on[t, problem.Tasks[t].Home])) <= mostMoved);
        _model.Minimize(LinearExpr.Sum(_cost));
    }

    private IEnumerable<int> Nodes => Enumerable.Range(0, _problem.Nodes.Length);

    private IEnumerable<int> Tasks => Enumerable.Range(0, _problem.Tasks.Length);

    /// <returns>The optimum, proven, of the placements with so many tasks away from home at most.</returns>
    public static double Optimum(PlacementModel problem, int mostMoved = int.MaxValue) => Solved.Value(new PlacementOracle(problem, mostMoved)._model);

    private void Room(int node)
    {
        var resources = _problem.Resources;
        var used = new LinearExpr[resources.Length];
        for (var r = 0; r < resources.Length; r++)
        {
            used[r] = LinearExpr.Sum(Tasks.Select(t => _problem.Tasks[t].Need[r] * _on[t, node]));
            var held = resources[r].HeldWhileMoving
                ? LinearExpr.Sum(Tasks.Where(t => _problem.Tasks[t].Home == node).Select(t => _problem.Tasks[t].Need[r] * (1 - _on[t, node])))
                : LinearExpr.Constant(0);
            _model.Add(used[r] + held <= _problem.Nodes[node].Capacity[r]);
            Above(used[r] - _problem.Nodes[node].SoftLimit[r], resources[r].Weight);
        }

        var capacity = _problem.Nodes[node].Capacity;
        foreach (var b in _problem.Balances) Above((b.Ratio * (capacity[b.Of] - used[b.Of])) - (capacity[b.Per] - used[b.Per]), b.Weight);
    }

    /// <summary>Costs weight × max(0, amount).</summary>
    private void Above(LinearExpr amount, long weight)
    {
        var over = _model.NewIntVar(0, 1_000_000, "over");
        _model.Add(over >= amount);
        _cost.Add(weight * over);
    }

    private void Rules(int group)
    {
        var tasks = Tasks.Where(t => _problem.Tasks[t].Group == group).ToList();
        if (tasks.Count == 0) return;
        foreach (var n in Nodes) _model.AddAtMostOne(tasks.Select(t => _on[t, n]));
        var locations = Nodes.GroupBy(n => _problem.Nodes[n].Location).Select(l => Holds(tasks, l)).ToList();
        _model.Add(LinearExpr.Sum(locations) >= _problem.Groups[group].Locations);
        foreach (var need in _problem.Groups[group].Needs)
        {
            var needed = Tasks.Where(t => _problem.Tasks[t].Group == need).ToList();
            foreach (var hood in Nodes.GroupBy(n => _problem.Nodes[n].Neighbourhood))
            {
                foreach (var (t, n) in tasks.SelectMany(t => hood.Select(n => (t, n))))
                    _model.AddBoolOr([_on[t, n].Not(), .. needed.SelectMany(d => hood.Select(m => _on[d, m]))]);
            }
        }
    }

    private BoolVar Holds(List<int> tasks, IEnumerable<int> nodes)
    {
        var holds = _model.NewBoolVar("holds");
        _model.AddBoolOr([holds.Not(), .. nodes.SelectMany(n => tasks.Select(t => _on[t, n]))]);
        return holds;
    }

    private void Moves()
    {
        foreach (var (t, n) in Tasks.SelectMany(t => Nodes.Select(n => (t, n))))
        {
            var task = _problem.Tasks[t];
            var price = (_problem.Prices.Route * _problem.Routes.Cost(task.Home, n)) + (n == task.Home ? 0 : _problem.Prices.Task * task.MoveCost);
            _cost.Add(price * _on[t, n]);
        }

        var most = _model.NewIntVar(0, _problem.Tasks.Length, "most moved of a group");
        foreach (var group in Tasks.GroupBy(t => _problem.Tasks[t].Group))
            _model.Add(most >= LinearExpr.Sum(group.Select(t => 1 - _on[t, _problem.Tasks[t].Home])));
        _cost.Add(_problem.Prices.Group * most);
    }
}
