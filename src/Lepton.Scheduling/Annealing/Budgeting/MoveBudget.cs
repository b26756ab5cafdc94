namespace Lepton.Scheduling.Annealing.Budgeting;

/// <summary>A placement of which only so many tasks may be away from home: the few moves that help most, instead of all that help.</summary>
/// <remarks>
/// The budget is a hard rule: it holds in every state, so that a search may be stopped at any time. Parts get equal shares of what is left of it,
/// dealt anew each round. Cost: O(tasks) a cut.
/// </remarks>
public sealed class MoveBudget<TEnergy> : IPlacementSystem<BudgetedEnergy<TEnergy>>
    where TEnergy : struct, IEnergy
{
    private readonly IPlacementSystem<TEnergy> _inner;

    /// <param name="inner">The placement.</param>
    /// <param name="moves">Tasks that may be away from home at once, at least as many as there are now.</param>
    /// <exception cref="ArgumentException">More tasks are away already.</exception>
    public MoveBudget(IPlacementSystem<TEnergy> inner, int moves)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfNegative(moves);
        (_inner, Moves) = (inner, moves);
        var away = Away(inner.Cut(new int[inner.Nodes], 1)[0]);
        if (away > moves) throw new ArgumentException($"{away} tasks are away from home at the start; the budget is {moves} moves. Maybe allow at least {away}.", nameof(moves));
    }

    /// <summary>Tasks that may be away from home at once.</summary>
    public int Moves { get; }

    public int Tasks => _inner.Tasks;

    public int Nodes => _inner.Nodes;

    public int Units => _inner.Units;

    public double Value => _inner.Value;

    public IReadOnlyList<int> TasksBySize => _inner.TasksBySize;

    public int UnitOf(int node) => _inner.UnitOf(node);

    public int NodeOf(int task) => _inner.NodeOf(task);

    public BudgetedEnergy<TEnergy>[] Cut(int[] partOfNode, int parts)
    {
        var energies = _inner.Cut(partOfNode, parts);
        var left = Moves - Away(energies[0]);
        var budgeted = new BudgetedEnergy<TEnergy>[parts];
        for (var p = 0; p < parts; p++)
        {
            var share = ((long)left * (p + 1) / parts) - ((long)left * p / parts);
            budgeted[p] = new BudgetedEnergy<TEnergy>(energies[p], (int)share);
        }

        return budgeted;
    }

    public double Join(ReadOnlySpan<BudgetedEnergy<TEnergy>> parts)
    {
        var energies = new TEnergy[parts.Length];
        for (var p = 0; p < energies.Length; p++) energies[p] = parts[p].Inner;
        return _inner.Join(energies);
    }

    public void CopyTo(Span<int> nodes) => _inner.CopyTo(nodes);

    public void Restore(ReadOnlySpan<int> nodes) => _inner.Restore(nodes);

    private int Away(TEnergy energy)
    {
        var away = 0;
        for (var t = 0; t < Tasks; t++) away += energy.NodeOf(t) == energy.HomeOf(t) ? 0 : 1;
        return away;
    }
}
