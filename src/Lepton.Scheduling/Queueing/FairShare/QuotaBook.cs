using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Queueing.FairShare;

/// <summary>Who holds how much of whose quota: nominal, borrowed and lent, on every level of the tree.</summary>
/// <remarks>
/// What a node holds beyond what it keeps for itself (its quota less what it lends) it takes from its parent. Cost: O(depth) per kind to ask and to
/// charge; nothing is allocated. A kind that no entry of a top cohort names is without limit there.
/// </remarks>
internal sealed class QuotaBook
{
    public const long Unlimited = long.MaxValue;

    private readonly QueueTree _tree;
    private readonly int _kinds;

    // [node * kinds + kind]
    private readonly long[] _nominal;       // of the node itself
    private readonly long[] _subtree;       // what it and those below it have to give: own and lent up
    private readonly long[] _kept;          // what its parent never gets of that
    private readonly long[] _borrow;        // how far beyond _subtree it may go; Unlimited
    private readonly long[] _taken;         // what it answers for: of a queue all, of a cohort what its children take from it
    private readonly long[] _held;          // everything at and below it
    private readonly long[] _entitled;      // nominal of everything at and below it
    private readonly bool[] _metered;       // [top node * kinds + kind]

    public QuotaBook(QueueTree tree, ResourceKinds kinds)
    {
        _tree = tree;
        for (var node = 1; node < tree.Count; node++)
        {
            foreach (var quota in tree.SettingsOf(node).Quotas.OrEmpty()) kinds.NumberOf(quota.Kind);
        }

        _kinds = kinds.Count;
        var size = tree.Count * _kinds;
        (_nominal, _subtree, _kept, _borrow) = (new long[size], new long[size], new long[size], new long[size]);
        (_taken, _held, _entitled, _metered) = (new long[size], new long[size], new long[size], new bool[size]);
        Array.Fill(_borrow, Unlimited);
        for (var node = tree.Count - 1; node > QueueTree.Root; node--)
        {
            Read(node, kinds);
        }
    }

    /// <summary>Kinds with a quota anywhere; kinds known later have none.</summary>
    public int Kinds => _kinds;

    public bool IsMetered(int node, int kind) => kind < _kinds && _metered[(_tree.TopOf(node) * _kinds) + kind];

    public long NominalOf(int node, int kind) => kind < _kinds ? _entitled[(node * _kinds) + kind] : 0;

    public long HeldBy(int node, int kind) => kind < _kinds ? _held[(node * _kinds) + kind] : 0;

    /// <summary>How much more of a kind a node can take now.</summary>
    public long Available(int node, int kind) => IsMetered(node, kind) ? Available(node, kind, _taken) : Unlimited;

    /// <summary>How much of a kind a node could hold if nobody else held any.</summary>
    public long Ceiling(int node, int kind) => IsMetered(node, kind) ? Available(node, kind, null) : Unlimited;

    /// <summary>The first kind of which the queue cannot take what is asked now; -1 when it can.</summary>
    public int Shortage(int queue, ReadOnlySpan<long> asked)
    {
        for (var kind = 0; kind < Math.Min(asked.Length, _kinds); kind++)
        {
            if (asked[kind] > 0 && asked[kind] > Available(queue, kind)) return kind;
        }

        return -1;
    }

    /// <summary>The first kind of which the queue can never take what is asked; -1 when there is none.</summary>
    public int NeverFits(int queue, ReadOnlySpan<long> asked)
    {
        for (var kind = 0; kind < Math.Min(asked.Length, _kinds); kind++)
        {
            if (asked[kind] > 0 && asked[kind] > Ceiling(queue, kind)) return kind;
        }

        return -1;
    }

    public void Charge(int queue, ReadOnlySpan<long> amounts) => Add(queue, amounts, 1);

    public void Release(int queue, ReadOnlySpan<long> amounts) => Add(queue, amounts, -1);

    /// <summary>What a node holds beyond the nominal quota of everything below it, in a kind; 0 when it holds no more.</summary>
    public long BorrowedBy(int node, int kind) => IsMetered(node, kind) ? Math.Max(0, HeldBy(node, kind) - NominalOf(node, kind)) : 0;

    /// <summary>
    /// How far a node is over its nominal quota, as a share of what its top cohort has, in its worst kind; negative when it is under in all of them.
    /// <paramref name="change"/> is added to what it holds first.
    /// </summary>
    // over(node) = max over kinds k of (held[k] + sign * change[k] - nominal[k]) / (all[k] * weight)
    public double Over(int node, ReadOnlySpan<long> change, int sign)
    {
        var worst = double.NegativeInfinity;
        var top = _tree.TopOf(node) * _kinds;
        for (var kind = 0; kind < _kinds; kind++)
        {
            if (!_metered[top + kind]) continue;
            var more = kind < change.Length ? sign * change[kind] : 0;
            var over = _held[(node * _kinds) + kind] + more - _entitled[(node * _kinds) + kind];
            worst = Math.Max(worst, over / (Math.Max(1.0, _entitled[top + kind]) * _tree.WeightOf(node)));
        }

        return worst;
    }

    private void Read(int node, ResourceKinds kinds)
    {
        var lend = new long?[_kinds];
        foreach (var quota in _tree.SettingsOf(node).Quotas.OrEmpty())
        {
            var kind = kinds.NumberOf(quota.Kind);
            var at = (node * _kinds) + kind;
            _nominal[at] = quota.Nominal;
            _borrow[at] = quota.BorrowLimit ?? Unlimited;
            lend[kind] = quota.LendLimit;
            _metered[(_tree.TopOf(node) * _kinds) + kind] = true;
        }

        var parent = _tree.ParentOf(node) * _kinds;
        for (var kind = 0; kind < _kinds; kind++)
        {
            var at = (node * _kinds) + kind;
            _subtree[at] += _nominal[at];
            _entitled[at] += _nominal[at];
            _kept[at] = lend[kind] is { } limit ? Math.Max(0, _subtree[at] - limit) : 0;
            if (parent == 0) continue;
            _subtree[parent + kind] += _subtree[at] - _kept[at];
            _entitled[parent + kind] += _entitled[at];
        }
    }

    // available(top)  = subtree - taken
    // available(node) = max(0, kept - taken) + min(available(parent), lent + borrowLimit - taken beyond kept)
    private long Available(int node, int kind, long[]? taken)
    {
        var at = (node * _kinds) + kind;
        var used = taken?[at] ?? 0;
        var parent = _tree.ParentOf(node);
        if (parent == QueueTree.Root) return _subtree[at] - used;
        var above = Available(parent, kind, taken);
        if (_borrow[at] != Unlimited)
        {
            above = Math.Min(above, _subtree[at] - _kept[at] + _borrow[at] - Math.Max(0, used - _kept[at]));
        }

        return Math.Max(0, _kept[at] - used) + above;
    }

    private void Add(int queue, ReadOnlySpan<long> amounts, int sign)
    {
        for (var kind = 0; kind < Math.Min(amounts.Length, _kinds); kind++)
        {
            var moved = sign * amounts[kind];
            if (moved == 0) continue;
            for (var node = queue; node != QueueTree.Root; node = _tree.ParentOf(node))
            {
                var at = (node * _kinds) + kind;
                _held[at] += sign * amounts[kind];
                var before = Math.Max(0, _taken[at] - _kept[at]);
                _taken[at] += moved;
                moved = Math.Max(0, _taken[at] - _kept[at]) - before;
            }
        }
    }
}
