namespace Lepton.Scheduling.Annealing.Plain;

/// <summary>A <see cref="PlainModel"/> being evened out: energy Σ over nodes and resources of (used / capacity)².</summary>
/// <remarks>Room is kept in whole numbers, so that the hard rule never drifts; prices are rounded to single precision. Cost: 24 bytes a task.</remarks>
public sealed class PlainSystem : IPlacementSystem<PlainEnergy>
{
    private readonly PlainState _state;

    public PlainSystem(PlainModel model)
    {
        _state = new PlainState(model);
        Restore(model.Start.AsSpan());
        var size = new double[Tasks];
        var order = new int[Tasks];
        for (var t = 0; t < Tasks; t++)
        {
            order[t] = t;
            for (var l = 0; l < PlainModel.Lanes; l++) size[t] -= model.Need[(t * PlainModel.Lanes) + l];
        }

        Array.Sort(size, order);
        TasksBySize = order;
    }

    public int Tasks => _state.NodeOf.Length;

    public int Nodes => _state.PartOf.Length;

    public int Units => Nodes;

    public int UnitOf(int node) => node;

    public double Value { get; private set; }

    public IReadOnlyList<int> TasksBySize { get; }

    public int NodeOf(int task) => _state.NodeOf[task];

    /// <summary>The value from scratch, in double precision.</summary>
    public double ValueFromScratch() => _state.Value();

    /// <summary>Whether every node has room for what is on it, counted from scratch.</summary>
    public bool IsValid() => _state.IsValid();

    public PlainEnergy[] Cut(int[] partOfNode, int parts)
    {
        partOfNode.CopyTo(_state.PartOf, 0);
        var energies = new PlainEnergy[parts];
        for (var p = 0; p < parts; p++) energies[p] = new PlainEnergy(_state, p);
        return energies;
    }

    public double Join(ReadOnlySpan<PlainEnergy> parts)
    {
        foreach (var part in parts) Value += part.Change;
        return Value;
    }

    public void CopyTo(Span<int> nodes) => _state.NodeOf.CopyTo(nodes);

    public void Restore(ReadOnlySpan<int> nodes)
    {
        nodes.CopyTo(_state.NodeOf);
        _state.Rebuild();
        Value = _state.Value();
    }
}
