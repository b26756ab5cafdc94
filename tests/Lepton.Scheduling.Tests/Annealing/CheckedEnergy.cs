using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Tests.Annealing;

/// <summary>Assert mode: passes everything on, and has the state judged from scratch after every move.</summary>
/// <param name="inner">The energy under test.</param>
/// <param name="judge">Checks the value after such a change; returns the rule that is broken, if any.</param>
internal struct CheckedEnergy<TEnergy>(TEnergy inner, Func<double, string?> judge) : IEnergy
    where TEnergy : struct, IEnergy
{
    private TEnergy _inner = inner;

    public readonly double Change => _inner.Change;

    public readonly bool HoldsHomeWhileAway => _inner.HoldsHomeWhileAway;

    public readonly int NodeOf(int task) => _inner.NodeOf(task);

    public readonly bool Owns(int node) => _inner.Owns(node);

    public readonly int HomeOf(int task) => _inner.HomeOf(task);

    public readonly bool Fits(int task, int node) => _inner.Fits(task, node);

    public readonly bool Holds(int node) => _inner.Holds(node);

    public readonly int NextOnNode(int task) => _inner.NextOnNode(task);

    public readonly void Prefetch(int task) => _inner.Prefetch(task);

    public readonly double ShiftDelta(int task, int node, double limit) => _inner.ShiftDelta(task, node, limit);

    public void Shift(int task, int node, double delta)
    {
        var fits = _inner.Fits(task, node);
        _inner.Shift(task, node, delta);

        // Inside a compound move a node may hold too much for a while; whatever went where it fits must be in order.
        var broken = judge(_inner.Change);
        if (fits && broken is not null) Assert.Contains("capacity", broken, StringComparison.Ordinal);
    }

    public readonly double SwapDelta(int task, int other, double limit) => _inner.SwapDelta(task, other, limit);

    public void Swap(int task, int other, double delta)
    {
        _inner.Swap(task, other, delta);
        Assert.Null(judge(_inner.Change));
    }

    /// <summary>All rules, at the end of a move.</summary>
    public readonly void CheckRules() => Assert.Null(judge(_inner.Change));
}
