using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Annealing.Ordering;

/// <summary>A placement in which moves are under way: a moving task holds its resources at both ends.</summary>
/// <remarks>
/// A move may start when, whichever of the moves under way end first, capacity holds, no node has two of a group, every group is in enough
/// locations, and what a group needs is surely where the group may be.
/// </remarks>
internal sealed class MovingState
{
    private readonly PlacementModel _model;
    private readonly long[][] _used;
    private readonly int[][] _tasksOfGroup;
    private readonly int[][] _neededBy;
    private readonly int[] _target;
    private readonly List<int> _moving = [];

    /// <summary>Tasks of every node between rounds; made when it is asked for.</summary>
    private List<int>[]? _onNode;

    public MovingState(PlacementModel model, ReadOnlySpan<int> nodes)
    {
        _model = model;
        Nodes = nodes.ToArray();
        _target = nodes.ToArray();
        _used = new long[model.Nodes.Length][];
        for (var n = 0; n < _used.Length; n++) _used[n] = new long[model.Resources.Length];
        var tasks = new List<int>[model.Groups.Length];
        var neededBy = new List<int>[model.Groups.Length];
        for (var g = 0; g < tasks.Length; g++) (tasks[g], neededBy[g]) = ([], []);
        for (var t = 0; t < Nodes.Length; t++)
        {
            tasks[model.Tasks[t].Group].Add(t);
            Use(t, Nodes[t], 1);
        }

        for (var g = 0; g < tasks.Length; g++)
        {
            foreach (var need in model.Groups[g].Needs) neededBy[need].Add(g);
        }

        _tasksOfGroup = [.. tasks.Select(t => t.ToArray())];
        _neededBy = [.. neededBy.Select(t => t.ToArray())];
    }

    /// <summary>Where every task is, as of the last round that ended.</summary>
    public int[] Nodes { get; }

    public int NodeCount => _used.Length;

    /// <summary>Starts the move if every state that can follow is valid.</summary>
    public bool TryStart(int task, int node)
    {
        if (!Fits(task, node)) return false;
        var group = _model.Tasks[task].Group;
        foreach (var other in _tasksOfGroup[group])
        {
            if (other != task && (Nodes[other] == node || _target[other] == node)) return false;
        }

        var before = _target[task];
        _target[task] = node;
        if (!StaysInOrder(group))
        {
            _target[task] = before;
            return false;
        }

        Use(task, node, 1);
        _moving.Add(task);
        return true;
    }

    /// <summary>Whether only the spread or the needs of its group keep the task from the node.</summary>
    public bool WaitsForGroup(int task, int node) =>
        Fits(task, node) && !Array.Exists(_tasksOfGroup[_model.Tasks[task].Group], t => t != task && Nodes[t] == node);

    /// <summary>Whether the nodes differ in what rules of groups look at.</summary>
    public bool AreApart(int node, int other) =>
        _model.Nodes[node].Location != _model.Nodes[other].Location || _model.Nodes[node].Neighbourhood != _model.Nodes[other].Neighbourhood;

    /// <summary>
    /// Tasks on the node that keep the move from starting: the smallest first of those that make room alone, or the largest first where none does.
    /// </summary>
    public IEnumerable<int> InTheWayOf(int task, int node)
    {
        var group = _model.Tasks[task].Group;
        var rival = Array.FindIndex(_tasksOfGroup[group], t => t != task && Nodes[t] == node);
        if (rival >= 0) return [_tasksOfGroup[group][rival]];

        // With room for it, the move waits for a rule about its group, and nobody's leaving helps.
        if (Fits(task, node)) return [];
        var residents = (_onNode ??= OnNode())[node];
        var enough = residents.FindAll(t => FitsInstead(task, t, node));
        return enough.Count > 0 ? enough.OrderBy(Size).ThenBy(t => t) : residents.OrderByDescending(Size).ThenBy(t => t);

        long Size(int t) => _model.Tasks[t].Need.Sum();
    }

    /// <summary>All moves have ended; the places left are free.</summary>
    public void EndRound()
    {
        foreach (var task in _moving)
        {
            Use(task, Nodes[task], -1);
            Nodes[task] = _target[task];
        }

        _moving.Clear();
        _onNode = null;
    }

    private List<int>[] OnNode()
    {
        var on = new List<int>[NodeCount];
        for (var n = 0; n < on.Length; n++) on[n] = [];
        for (var t = 0; t < Nodes.Length; t++) on[Nodes[t]].Add(t);
        return on;
    }

    private bool Fits(int task, int node)
    {
        var need = _model.Tasks[task].Need;
        for (var r = 0; r < need.Length; r++)
        {
            if (_used[node][r] + need[r] > _model.Nodes[node].Capacity[r]) return false;
        }

        return true;
    }

    private bool FitsInstead(int task, int resident, int node)
    {
        var (need, freed) = (_model.Tasks[task].Need, _model.Tasks[resident].Need);
        for (var r = 0; r < need.Length; r++)
        {
            if (_used[node][r] + need[r] - freed[r] > _model.Nodes[node].Capacity[r]) return false;
        }

        return true;
    }

    private void Use(int task, int node, int sign)
    {
        var need = _model.Tasks[task].Need;
        for (var r = 0; r < need.Length; r++) _used[node][r] += sign * need[r];
    }

    private bool StaysInOrder(int group)
    {
        if (FewestLocations(group) < _model.Groups[group].Locations) return false;
        foreach (var need in _model.Groups[group].Needs)
        {
            if (need != group && !IsSurelyNear(group, need)) return false;
        }

        foreach (var user in _neededBy[group])
        {
            if (user != group && !IsSurelyNear(user, group)) return false;
        }

        return true;
    }

    /// <summary>The fewest locations that the group can be in, whichever moves end first: exact for one move across locations, a lower bound for more.</summary>
    private int FewestLocations(int group)
    {
        var sure = new HashSet<int>();
        var (crossing, before, after) = (0, 0, 0);
        foreach (var task in _tasksOfGroup[group])
        {
            var location = _model.Nodes[Nodes[task]].Location;
            var next = _model.Nodes[_target[task]].Location;
            if (next == location) sure.Add(location);
            else (crossing, before, after) = (crossing + 1, location, next);
        }

        if (crossing == 0) return sure.Count;
        return crossing == 1 && !sure.Contains(before) && !sure.Contains(after) ? sure.Count + 1 : Math.Max(1, sure.Count);
    }

    /// <summary>Wherever one of the group may be, one of those it needs is for sure.</summary>
    private bool IsSurelyNear(int group, int need)
    {
        var sure = new HashSet<int>();
        foreach (var task in _tasksOfGroup[need])
        {
            var hood = _model.Nodes[Nodes[task]].Neighbourhood;
            if (_model.Nodes[_target[task]].Neighbourhood == hood) sure.Add(hood);
        }

        foreach (var task in _tasksOfGroup[group])
        {
            if (!sure.Contains(_model.Nodes[Nodes[task]].Neighbourhood) || !sure.Contains(_model.Nodes[_target[task]].Neighbourhood)) return false;
        }

        return true;
    }
}
