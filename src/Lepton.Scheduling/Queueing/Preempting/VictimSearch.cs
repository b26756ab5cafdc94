using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Finds the cheapest tasks to end so that another one fits: least work lost, then fewest, then the youngest.</summary>
/// <remarks>
/// Input: what runs, what is free per node, the rules. Output: a node and the victims, or nothing. A set is good when the node has the room and the
/// queue the quota once they are gone. Searched exactly, by branch and bound over the candidates in the order of their cost, while the steps last;
/// after that the best found so far counts. Cost: O(running log running + nodes with candidates × steps); meant for one preemptor at a time.
/// Limits: <see cref="CandidatesPerNode"/>, <see cref="StepsPerNode"/>, <see cref="StepsInAll"/>.
/// </remarks>
internal sealed class VictimSearch(QueueTree tree, QuotaBook quotas, PreemptionRules rules)
{
    /// <summary>Enough to search 12 candidates of a node to the end.</summary>
    private const int StepsPerNode = 8_192;
    private const int StepsInAll = 200_000;
    private const int CandidatesPerNode = 64;

    private readonly List<(double Cost, RunningTask Task)> _eligible = [];
    private readonly List<(double Cost, RunningTask Task)> _candidates = [];
    private readonly Dictionary<int, int> _perNode = [];
    private readonly List<RunningTask> _chosen = [];
    private readonly List<RunningTask> _best = [];
    private long[] _free = [];
    private double _bestCost;
    private int _bestNode;
    private int _steps;

    /// <param name="preemptor">Who wants room.</param>
    /// <param name="running">Everything that runs in the region.</param>
    /// <param name="nodes">Nodes it could run on, by number, with what is free there now.</param>
    /// <param name="totals">All there is of each kind: work lost counts by the share of it that is held.</param>
    /// <param name="now">For how long the candidates have run.</param>
    public Victims? Find(
        Preemptor preemptor, IReadOnlyList<RunningTask> running, IReadOnlyList<(int Node, long[] Free)> nodes, ReadOnlySpan<long> totals, DateTimeOffset now)
    {
        (_bestCost, _bestNode) = (double.PositiveInfinity, -1);
        _best.Clear();
        Gather(preemptor, running, totals, now);
        var shortOfQuota = quotas.Shortage(preemptor.Queue, preemptor.Amounts) >= 0;
        var steps = StepsInAll;
        foreach (var (node, free) in nodes)
        {
            if (steps <= 0) break;
            if (!shortOfQuota && !_perNode.ContainsKey(node)) continue;
            Narrow(preemptor, node, shortOfQuota);
            if (_free.Length < free.Length) _free = new long[free.Length];
            Array.Clear(_free);
            free.CopyTo(_free, 0);
            _chosen.Clear();
            _steps = Math.Min(StepsPerNode, steps);
            steps -= _steps;
            Search(preemptor, node, 0, 0);
            steps += Math.Max(0, _steps);
        }

        return _bestNode < 0 ? null : new Victims(_bestNode, [.. _best], _bestCost);
    }

    /// <summary>Work lost if a task ends now: seconds × the largest share of any kind that it holds.</summary>
    public static double CostOf(RunningTask task, ReadOnlySpan<long> totals, DateTimeOffset now)
    {
        var share = 0.0;
        for (var kind = 0; kind < task.Amounts.Length && kind < totals.Length; kind++)
        {
            if (totals[kind] > 0) share = Math.Max(share, (double)task.Amounts[kind] / totals[kind]);
        }

        return task.WorkLost(now).TotalSeconds * share;
    }

    private void Gather(Preemptor preemptor, IReadOnlyList<RunningTask> running, ReadOnlySpan<long> totals, DateTimeOffset now)
    {
        _eligible.Clear();
        _perNode.Clear();
        for (var i = 0; i < running.Count; i++)
        {
            if (!rules.MayPutOff(preemptor, running[i], now)) continue;
            _eligible.Add((CostOf(running[i], totals, now), running[i]));
            _perNode[running[i].Node] = _perNode.GetValueOrDefault(running[i].Node) + 1;
        }

        _eligible.Sort(static (a, b) =>
        {
            var byCost = a.Cost.CompareTo(b.Cost);
            if (byCost != 0) return byCost;
            var youngest = b.Task.StartedAt.CompareTo(a.Task.StartedAt);
            return youngest != 0 ? youngest : a.Task.Task.CompareTo(b.Task.Task);
        });
    }

    /// <summary>What runs elsewhere helps only where quota is short, and then only in the same tree of quotas.</summary>
    private void Narrow(Preemptor preemptor, int node, bool shortOfQuota)
    {
        _candidates.Clear();
        foreach (var candidate in _eligible)
        {
            var helps = candidate.Task.Node == node || (shortOfQuota && tree.TopOf(candidate.Task.Queue) == tree.TopOf(preemptor.Queue));
            if (helps && _candidates.Count < CandidatesPerNode) _candidates.Add(candidate);
        }
    }

    private void Search(Preemptor preemptor, int node, int from, double cost)
    {
        if (_steps-- <= 0 || !IsBetter(cost, _chosen.Count)) return;
        if (IsEnough(preemptor) && rules.Leaves(preemptor, _chosen))
        {
            (_bestCost, _bestNode) = (cost, node);
            _best.Clear();
            _best.AddRange(_chosen);
            return;
        }

        for (var i = from; i < _candidates.Count; i++)
        {
            Choose(_candidates[i].Task, node, 1);
            Search(preemptor, node, i + 1, cost + _candidates[i].Cost);
            Choose(_candidates[i].Task, node, -1);
        }
    }

    private bool IsBetter(double cost, int count) => cost < _bestCost || (cost == _bestCost && count < _best.Count);

    private bool IsEnough(Preemptor preemptor)
    {
        for (var kind = 0; kind < preemptor.Amounts.Length; kind++)
        {
            if (preemptor.Amounts[kind] > (kind < _free.Length ? _free[kind] : 0) && preemptor.Amounts[kind] > 0) return false;
        }

        return quotas.Shortage(preemptor.Queue, preemptor.Amounts) < 0;
    }

    /// <summary>Takes a candidate out, or puts it back: the quotas are charged back exactly.</summary>
    private void Choose(RunningTask victim, int node, int sign)
    {
        if (victim.Node == node)
        {
            for (var kind = 0; kind < Math.Min(_free.Length, victim.Amounts.Length); kind++) _free[kind] += sign * victim.Amounts[kind];
        }

        if (sign > 0)
        {
            quotas.Release(victim.Queue, victim.Amounts);
            _chosen.Add(victim);
        }
        else
        {
            quotas.Charge(victim.Queue, victim.Amounts);
            _chosen.RemoveAt(_chosen.Count - 1);
        }
    }
}
