using System.Runtime.CompilerServices;

namespace Lepton.Scheduling.Annealing.Budgeting;

/// <summary>An energy in which only so many tasks of this part may be away from home at once: one more is refused like any rule that would break.</summary>
/// <remarks>Cost: two comparisons a move beside those of the energy within.</remarks>
public struct BudgetedEnergy<TEnergy> : IEnergy
    where TEnergy : struct, IEnergy
{
    private TEnergy _inner;
    private int _left;

    internal BudgetedEnergy(TEnergy inner, int left) => (_inner, _left) = (inner, left);

    public readonly double Change => _inner.Change;

    public readonly bool HoldsHomeWhileAway => _inner.HoldsHomeWhileAway;

    internal readonly TEnergy Inner => _inner;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NodeOf(int task) => _inner.NodeOf(task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Owns(int node) => _inner.Owns(node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int HomeOf(int task) => _inner.HomeOf(task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Fits(int task, int node) => _inner.Fits(task, node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Holds(int node) => _inner.Holds(node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int NextOnNode(int task) => _inner.NextOnNode(task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Prefetch(int task) => _inner.Prefetch(task);

    public readonly double ShiftDelta(int task, int node, double limit) =>
        Leaves(task, NodeOf(task), node) > _left ? IEnergy.Refused : _inner.ShiftDelta(task, node, limit);

    public void Shift(int task, int node, double delta)
    {
        _left -= Leaves(task, NodeOf(task), node);
        _inner.Shift(task, node, delta);
    }

    public readonly double SwapDelta(int task, int other, double limit) =>
        LeavesBySwap(task, other) > _left ? IEnergy.Refused : _inner.SwapDelta(task, other, limit);

    public void Swap(int task, int other, double delta)
    {
        _left -= LeavesBySwap(task, other);
        _inner.Swap(task, other, delta);
    }

    private readonly int LeavesBySwap(int task, int other)
    {
        var (from, to) = (NodeOf(task), NodeOf(other));
        return Leaves(task, from, to) + Leaves(other, to, from);
    }

    /// <summary>+1 when the task leaves home, −1 when it returns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Leaves(int task, int from, int to)
    {
        var home = HomeOf(task);
        return (from == home ? 1 : 0) - (to == home ? 1 : 0);
    }
}
