namespace Lepton.Scheduling.Queueing.FairShare;

/// <summary>Whose turn it is: hierarchical weighted dominant-resource fairness over all kinds of resource.</summary>
/// <remarks>
/// Input: what each queue holds, what there is in all, which queues have something to start. Output: the queue to serve next. From the root down the
/// active child with the smallest share is taken, ties by name. A cohort's share is that of its children scaled down to its poorest active child, so
/// that a cohort is not made to wait because one of its queues holds much of what nobody else can use.
/// Cost: O(depth × (kinds + log siblings)) per charge, release or change of activity; the answer is O(depth). Nothing is allocated after the start.
/// Sums are integers: the state, and so the order, depends on what is held, never on the way there.
/// Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Bhattacharya et al., "Hierarchical Scheduling for Diverse Datacenter Workloads",
/// SoCC 2013, §4 (rescaling to the minimum, blocked nodes left out of it).
/// </remarks>
internal sealed class ShareTree
{
    /// <summary>All there is of a kind, as a whole number.</summary>
    private const double Whole = 4294967296.0;

    private readonly QueueTree _tree;
    private readonly double[] _share;
    private readonly bool[] _active;
    private readonly int[] _width;          // leaves of the winners below a node: a power of two
    private readonly int[] _base;           // where the winners below a node begin
    private readonly int[] _winners;        // child numbers, -1 = none active; [base + 1] is the first of all
    private int _kinds;
    private double[] _scale = [];           // Whole / all there is, per kind
    private long[] _used = [];              // [queue * kinds + kind]
    private long[] _part = [];              // what a node counts as holding, in 1/Whole
    private long[] _sum = [];               // of a cohort: parts of its children
    private long[] _ways = [];              // of a cohort: part / share of its children
    private long[] _wayOf = [];             // of a node: its part / share

    public ShareTree(QueueTree tree, int kinds)
    {
        _tree = tree;
        (_share, _active) = (new double[tree.Count], new bool[tree.Count]);
        (_width, _base) = (new int[tree.Count], new int[tree.Count]);
        var next = 0;
        for (var node = 0; node < tree.Count; node++)
        {
            if (tree.ChildrenOf(node) == 0) continue;
            _width[node] = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)tree.ChildrenOf(node));
            _base[node] = next;
            next += _width[node] * 2;
        }

        _winners = new int[next];
        Array.Fill(_winners, -1);
        Widen(kinds);
    }

    /// <summary>The active queue to serve next; -1 when none is active.</summary>
    public int Next
    {
        get
        {
            var node = QueueTree.Root;
            while (_width[node] > 0)
            {
                node = _winners[_base[node] + 1];
                if (node < 0) return -1;
            }

            return node == QueueTree.Root ? -1 : node;
        }
    }

    /// <summary>Weighted dominant share of a queue or cohort, as it counts for the order.</summary>
    public double ShareOf(int node) => _share[node];

    public bool IsActive(int node) => _active[node];

    /// <summary>Kinds that became known since. Cost: O(nodes × kinds).</summary>
    public void Widen(int kinds)
    {
        if (kinds <= _kinds) return;
        var used = new long[_tree.Count * kinds];
        for (var node = 0; node < _tree.Count; node++) Array.Copy(_used, node * _kinds, used, node * kinds, _kinds);
        (_part, _sum, _ways, _wayOf) = (new long[used.Length], new long[used.Length], new long[used.Length], new long[used.Length]);
        Array.Resize(ref _scale, kinds);
        (_used, _kinds) = (used, kinds);
        Rebuild();
    }

    /// <summary>All there is of each kind. Cost: O(nodes × (kinds + log siblings)) when it differs from before.</summary>
    public void SetTotals(ReadOnlySpan<long> totals)
    {
        var same = true;
        for (var kind = 0; kind < _kinds; kind++)
        {
            // What there is none of counts as a unit: whoever holds any of it holds all of it.
            var scale = Whole / Math.Max(1, kind < totals.Length ? totals[kind] : 0);
            same &= scale == _scale[kind];
            _scale[kind] = scale;
        }

        if (!same) Rebuild();
    }

    public void SetActive(int queue, bool active)
    {
        if (_active[queue] == active) return;
        _active[queue] = active;
        Climb(queue);
    }

    public void Charge(int queue, ReadOnlySpan<long> amounts) => Add(queue, amounts, 1);

    public void Release(int queue, ReadOnlySpan<long> amounts) => Add(queue, amounts, -1);

    private void Add(int queue, ReadOnlySpan<long> amounts, int sign)
    {
        var at = queue * _kinds;
        for (var kind = 0; kind < Math.Min(amounts.Length, _kinds); kind++) _used[at + kind] += sign * amounts[kind];
        Climb(queue);
    }

    private void Rebuild()
    {
        Array.Clear(_part);
        Array.Clear(_sum);
        Array.Clear(_ways);
        Array.Clear(_wayOf);
        for (var node = _tree.Count - 1; node > QueueTree.Root; node--) Update(node);
    }

    private void Climb(int node)
    {
        for (; node != QueueTree.Root; node = _tree.ParentOf(node)) Update(node);
    }

    /// <summary>Brings one node up to date, and what its parent keeps of it.</summary>
    private void Update(int node)
    {
        var (at, above) = (node * _kinds, _tree.ParentOf(node) * _kinds);
        if (_width[node] > 0) _active[node] = _winners[_base[node] + 1] >= 0;
        var poorest = _width[node] > 0 && _active[node] ? _share[_winners[_base[node] + 1]] : -1;

        // share(node) = max over kinds k of part[k] / weight
        var dominant = 0L;
        for (var kind = 0; kind < _kinds; kind++)
        {
            var part = PartOf(at + kind, kind, node, poorest);
            _sum[above + kind] += part - _part[at + kind];
            _part[at + kind] = part;
            dominant = Math.Max(dominant, part);
        }

        var share = _share[node] = dominant / Whole / _tree.WeightOf(node);
        for (var kind = 0; kind < _kinds; kind++)
        {
            var way = dominant == 0 ? 0 : (long)(_part[at + kind] / share);
            _ways[above + kind] += way - _wayOf[at + kind];
            _wayOf[at + kind] = way;
        }

        Compete(node);
    }

    // queue: used / total;  idle cohort: sum of its children;  active cohort: poorest share * sum over children of part / share
    private long PartOf(int at, int kind, int node, double poorest)
    {
        if (_width[node] == 0) return (long)(_used[at] * _scale[kind]);
        return poorest < 0 ? _sum[at] : (long)(poorest * _ways[at]);
    }

    /// <summary>The winners from a node up to the first of its siblings.</summary>
    private void Compete(int node)
    {
        var parent = _tree.ParentOf(node);
        var (start, place) = (_base[parent], _width[parent] + _tree.OrdinalOf(node));
        _winners[start + place] = _active[node] ? node : -1;
        if (_width[parent] == 1) return;
        for (place /= 2; place > 0; place /= 2)
        {
            var (left, right) = (_winners[start + (place * 2)], _winners[start + (place * 2) + 1]);
            _winners[start + place] = right < 0 || (left >= 0 && _share[left] <= _share[right]) ? left : right;
        }
    }
}
