using Lepton.Scheduling.Annealing.Lanes;

namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>A <see cref="PlacementModel"/> that is being optimised: every task on a node, no rule broken.</summary>
/// <remarks>Cost: 4 bytes × (2 × lanes) a node, 4 × lanes + 24 bytes a task.</remarks>
public sealed class PlacementSystem<TLanes> : IPlacementSystem<PlacementEnergy<TLanes>>
    where TLanes : struct, ILanes
{
    private readonly PlacementState<TLanes> _state;
    private readonly PlacementArrays _a;
    private readonly List<GroupMoves> _moves = [];
    private double _withoutGroupMoves;
    private int _groupMovesMax;

    /// <exception cref="ArgumentException">The start breaks a rule, or an amount is too large.</exception>
    public PlacementSystem(PlacementModel model, ReadOnlySpan<int> start)
    {
        if (PlacementAudit.Violation(model, start) is { } violation)
            throw new ArgumentException($"The start is no valid placement: {violation}. Maybe repair it first.", nameof(start));
        _state = new PlacementState<TLanes>(model);
        _a = _state.A;
        Restore(start);
        TasksBySize = BySize();
    }

    public int Tasks => _a.Tasks;

    public int Nodes => _a.Nodes;

    /// <summary>Task of the model for each task here: they are numbered by group.</summary>
    internal ReadOnlySpan<int> ModelTasks => _a.ModelTask;

    /// <summary>The part that may change what is counted of the task's group, since the last cut.</summary>
    internal int OwnerOf(int task) => _state.Groups[_state.Tasks[task].Group].Owner;

    public int Units => Nodes;

    public int UnitOf(int node) => node;

    public double Value { get; private set; }

    public IReadOnlyList<int> TasksBySize { get; }

    public int NodeOf(int task) => _state.Tasks[task].Node;

    public PlacementEnergy<TLanes>[] Cut(int[] partOfNode, int parts)
    {
        ArgumentNullException.ThrowIfNull(partOfNode);
        _state.Own(partOfNode, parts);
        while (_moves.Count < parts) _moves.Add(new GroupMoves(_state.Groups, _a.LargestGroup, _a.Model.Prices.Group));
        for (var p = 0; p < parts; p++) _moves[p].Reset(p);
        var energies = new PlacementEnergy<TLanes>[parts];
        for (var p = 0; p < parts; p++)
        {
            var elsewhere = 0;
            for (var q = 0; q < parts; q++) elsewhere = q == p ? elsewhere : Math.Max(elsewhere, _moves[q].OwnMax);
            _moves[p].SeeElsewhere(elsewhere);
            energies[p] = new PlacementEnergy<TLanes>(_state, _moves[p], p);
        }

        return energies;
    }

    public double Join(ReadOnlySpan<PlacementEnergy<TLanes>> parts)
    {
        // Each part saw the group-move term change by itself; the whole has its own maximum.
        var max = 0;
        foreach (var part in parts)
        {
            _withoutGroupMoves += part.Change - (_a.Model.Prices.Group * (part.GroupMovesMax - _groupMovesMax));
            max = Math.Max(max, part.OwnGroupMovesMax);
        }

        return SetValue(max);
    }

    public void CopyTo(Span<int> nodes)
    {
        for (var t = 0; t < _a.Tasks; t++) nodes[_a.ModelTask[t]] = _state.Tasks[t].Node;
    }

    public void Restore(ReadOnlySpan<int> nodes)
    {
        for (var t = 0; t < _a.Tasks; t++) _state.Tasks[t].Node = nodes[_a.ModelTask[t]];
        _withoutGroupMoves = _state.Rebuild();
        var max = 0;
        foreach (ref readonly var group in _state.Groups.AsSpan()) max = Math.Max(max, group.Moved);
        SetValue(max);
    }

    private double SetValue(int groupMovesMax)
    {
        _groupMovesMax = groupMovesMax;
        return Value = _withoutGroupMoves + (_a.Model.Prices.Group * (double)groupMovesMax);
    }

    /// <summary>By what a task adds to the price of its node when the node is full: the measure that temperatures are in.</summary>
    private int[] BySize()
    {
        var size = new double[_a.Tasks];
        var order = new int[_a.Tasks];
        for (var t = 0; t < _a.Tasks; t++)
        {
            order[t] = t;
            for (var l = 0; l < _a.Width; l++) size[t] -= _a.Weight[l] * Math.Abs(_a.Need[(t * _a.Width) + l]);
        }

        Array.Sort(size, order);
        return order;
    }
}
