namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>A <see cref="WorldModel"/> being optimised. It is cut by regions: what is shared inside one is never cut apart.</summary>
/// <remarks>Cost: 64 bytes a task, 32 a place.</remarks>
public sealed class WorldSystem : IPlacementSystem<WorldEnergy>
{
    private readonly WorldState _state;

    /// <exception cref="ArgumentException">The start breaks a rule.</exception>
    public WorldSystem(WorldModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Regions > 64) throw new ArgumentException($"{model.Regions} regions; residency is kept for up to 64. Maybe join small ones.", nameof(model));
        var start = new int[model.Tasks.Length];
        for (var t = 0; t < start.Length; t++) start[t] = model.Tasks[t].Home;
        if (WorldAudit.Violation(model, start) is { } violation)
            throw new ArgumentException($"The world breaks a rule as it is: {violation}. Maybe repair that first.", nameof(model));
        Model = model;
        _state = new WorldState(model);
        Restore(start);
        var size = new int[start.Length];
        for (var t = 0; t < start.Length; t++) (size[t], start[t]) = (-model.Tasks[t].Devices, t);
        Array.Sort(size, start);
        TasksBySize = start;
    }

    public WorldModel Model { get; }

    public int Tasks => _state.Tasks.Length;

    public int Nodes => _state.Places.Length;

    public int Units => Model.Regions;

    public int UnitOf(int node) => _state.Pools[_state.Places[node].Pool].Region;

    public double Value { get; private set; }

    public IReadOnlyList<int> TasksBySize { get; }

    public int NodeOf(int task) => _state.Tasks[task].Node;

    public WorldEnergy[] Cut(int[] partOfNode, int parts)
    {
        ArgumentNullException.ThrowIfNull(partOfNode);
        for (var n = 0; n < Nodes; n++) _state.Places[n].Part = partOfNode[n];
        var energies = new WorldEnergy[parts];
        for (var p = 0; p < parts; p++) energies[p] = new WorldEnergy(_state, p);
        return energies;
    }

    public double Join(ReadOnlySpan<WorldEnergy> parts)
    {
        foreach (var part in parts) Value += part.Change;
        return Value;
    }

    public void CopyTo(Span<int> nodes)
    {
        for (var t = 0; t < Tasks; t++) nodes[t] = _state.Tasks[t].Node;
    }

    public void Restore(ReadOnlySpan<int> nodes)
    {
        for (var t = 0; t < Tasks; t++) _state.Tasks[t].Node = nodes[t];
        _state.Rebuild();
        Value = WorldAudit.Terms(Model, nodes).Total;
    }
}
