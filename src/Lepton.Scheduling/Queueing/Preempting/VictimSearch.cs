using System.Collections.Immutable;
using Lepton.Scheduling.Queueing.FairShare;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Finds the cheapest tasks and gangs to end so that another one fits: least work lost, then fewest, then the youngest.</summary>
/// <remarks>
/// Input: what runs, what is free per node, the rules. Output: nodes and the victims, or nothing. A set is good when the node has the room (for a
/// gang: all nodes together have it for every member) and the queue the quota once they are gone. Searched exactly, by branch and bound over the
/// candidates in the order of their cost, while the steps last; after that the best found so far counts, less whom it does not need.
/// Cost: O(running log running + nodes with candidates × steps); meant for one preemptor at a time.
/// With rules about failure domains each set that has the room is also asked whether all members may stand there: O(nodes × rules) more.
/// Limits: <see cref="CandidatesPerNode"/>, <see cref="CandidatesOfGang"/>, <see cref="StepsPerNode"/>, <see cref="StepsInAll"/>.
/// </remarks>
internal sealed class VictimSearch(QueueTree tree, QuotaBook quotas, PreemptionRules rules)
{
    /// <summary>Enough to search 12 candidates of a node to the end.</summary>
    private const int StepsPerNode = 8_192;
    private const int StepsInAll = 200_000;
    private const int CandidatesPerNode = 64;
    private const int CandidatesOfGang = 256;

    private readonly List<(double Cost, RunningTask Task)> _eligible = [];
    private readonly List<(double Cost, RunningTask Task)> _candidates = [];
    private readonly HashSet<int> _touched = [];
    private readonly List<RunningTask> _chosen = [];
    private readonly List<RunningTask> _best = [];
    private readonly Dictionary<int, long[]> _free = [];
    private readonly List<(int Node, long[] Free)> _order = [];
    private readonly List<(int Node, int Room)> _room = [];
    private readonly List<Piece> _placed = [];
    private int _pieces;
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
        preemptor.Limits?.At(now.Ticks);
        Gather(preemptor, running, totals, now);
        var shortOfQuota = quotas.Shortage(preemptor.Queue, preemptor.Amounts) >= 0;
        return preemptor.Pieces > 1 ? Together(preemptor, nodes, shortOfQuota) : OnOne(preemptor, nodes, shortOfQuota);
    }

    /// <summary>Work lost if a task or gang ends now: seconds × the largest share of any kind that it holds, summed over its members.</summary>
    public static double CostOf(RunningTask task, ReadOnlySpan<long> totals, DateTimeOffset now)
    {
        var cost = 0.0;
        for (var m = 0; m < task.Members.Count; m++) cost += CostOf(task.Members[m], totals, now);
        if (task.Members.Count > 0) return cost;
        var share = 0.0;
        for (var kind = 0; kind < task.Amounts.Length && kind < totals.Length; kind++)
        {
            if (totals[kind] > 0) share = Math.Max(share, (double)task.Amounts[kind] / totals[kind]);
        }

        return task.WorkLost(now).TotalSeconds * share;
    }

    private Victims? OnOne(Preemptor preemptor, IReadOnlyList<(int Node, long[] Free)> nodes, bool shortOfQuota)
    {
        var steps = StepsInAll;
        foreach (var (node, free) in nodes)
        {
            if (steps <= 0) break;
            if (!shortOfQuota && !_touched.Contains(node)) continue;
            Narrow(preemptor, CandidatesPerNode, node, shortOfQuota);
            Begin(preemptor, [(node, free)]);
            _steps = Math.Min(StepsPerNode, steps);
            steps -= _steps;
            Search(preemptor, node, 0, 0);
            steps += Math.Max(0, _steps);
        }

        return _bestNode < 0 ? null : new Victims([new Piece(_bestNode, 1)], [.. _best], _bestCost);
    }

    /// <summary>Whoever is put off for a gang is put off for all of its members, or nobody is.</summary>
    private Victims? Together(Preemptor preemptor, IReadOnlyList<(int Node, long[] Free)> nodes, bool shortOfQuota)
    {
        Begin(preemptor, nodes);
        Narrow(preemptor, CandidatesOfGang, null, shortOfQuota);
        _steps = StepsInAll;
        Search(preemptor, 0, 0, 0);
        if (_bestNode < 0) return null;
        foreach (var victim in _best) Choose(preemptor, victim, 1);
        foreach (var (cost, task) in Enumerable.Reverse(_candidates))
        {
            if (!_best.Contains(task)) continue;
            Choose(preemptor, task, -1);
            if (IsEnough(preemptor) && rules.Leaves(preemptor, _chosen))
            {
                _best.Remove(task);
                _bestCost -= cost;
            }
            else
            {
                Choose(preemptor, task, 1);
            }
        }

        var pieces = Places(preemptor, nodes);
        foreach (var victim in _best) Choose(preemptor, victim, -1);
        return new Victims(pieces, [.. _best], _bestCost);
    }

    private ImmutableArray<Piece> Places(Preemptor preemptor, IReadOnlyList<(int Node, long[] Free)> nodes)
    {
        if (preemptor.Limits is not null)
        {
            _placed.Clear();
            MayStand(preemptor, _placed);
            return [.. _placed];
        }

        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var left = preemptor.Pieces;
        foreach (var (node, _) in nodes)
        {
            if (left == 0 || Math.Min(left, PiecesOf(preemptor, _free[node])) is not (> 0 and var here)) continue;
            pieces.Add(new Piece(node, here));
            left -= here;
        }

        return pieces.ToImmutable();
    }

    /// <summary>Whether the rules about failure domains let all members stand where the room is.</summary>
    private bool MayStand(Preemptor preemptor, List<Piece>? into)
    {
        if (preemptor.Limits is not { } limits) return true;
        _room.Clear();
        foreach (var (node, free) in _order)
        {
            if (PiecesOf(preemptor, free) is > 0 and var room) _room.Add((node, room));
        }

        _steps -= _room.Count / 16;
        return limits.Place(preemptor.Pieces, _room, into);
    }

    private void Begin(Preemptor preemptor, IEnumerable<(int Node, long[] Free)> nodes)
    {
        _free.Clear();
        _order.Clear();
        _chosen.Clear();
        _pieces = 0;
        foreach (var (node, free) in nodes)
        {
            long[] copy = [.. free];
            _free.Add(node, copy);
            _order.Add((node, copy));
            _pieces += PiecesOf(preemptor, copy);
        }
    }

    private void Gather(Preemptor preemptor, IReadOnlyList<RunningTask> running, ReadOnlySpan<long> totals, DateTimeOffset now)
    {
        _eligible.Clear();
        _touched.Clear();
        for (var i = 0; i < running.Count; i++)
        {
            if (!rules.MayPutOff(preemptor, running[i], now)) continue;
            _eligible.Add((CostOf(running[i], totals, now), running[i]));
            _touched.Add(running[i].Node);
            foreach (var member in running[i].Members) _touched.Add(member.Node);
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
    private void Narrow(Preemptor preemptor, int most, int? node, bool shortOfQuota)
    {
        _candidates.Clear();
        foreach (var candidate in _eligible)
        {
            var helps = (node is { } one ? candidate.Task.IsOn(one) : IsOnAny(candidate.Task)) || (shortOfQuota && tree.TopOf(candidate.Task.Queue) == tree.TopOf(preemptor.Queue));
            if (helps && _candidates.Count < most) _candidates.Add(candidate);
        }
    }

    private bool IsOnAny(RunningTask task) => task.Members.Count == 0 ? _free.ContainsKey(task.Node) : task.Members.Any(m => _free.ContainsKey(m.Node));

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
            Choose(preemptor, _candidates[i].Task, 1);
            Search(preemptor, node, i + 1, cost + _candidates[i].Cost);
            Choose(preemptor, _candidates[i].Task, -1);
        }
    }

    private bool IsBetter(double cost, int count) => cost < _bestCost || (cost == _bestCost && count < _best.Count);

    private bool IsEnough(Preemptor preemptor) => _pieces >= preemptor.Pieces && quotas.Shortage(preemptor.Queue, preemptor.Amounts) < 0 && MayStand(preemptor, null);

    private static int PiecesOf(Preemptor preemptor, long[] free)
    {
        long most = preemptor.Pieces;
        var each = preemptor.Each;
        for (var kind = 0; kind < each.Length; kind++)
        {
            if (each[kind] > 0) most = Math.Min(most, kind < free.Length ? free[kind] / each[kind] : 0);
        }

        return (int)Math.Max(0, most);
    }

    /// <summary>Takes a candidate out, or puts it back: the quotas are charged back exactly.</summary>
    private void Choose(Preemptor preemptor, RunningTask victim, int sign)
    {
        if (victim.Members.Count == 0) Free(preemptor, victim, sign);
        for (var m = 0; m < victim.Members.Count; m++) Free(preemptor, victim.Members[m], sign);
        if (sign > 0)
        {
            quotas.Release(victim.Queue, victim.Amounts);
            _chosen.Add(victim);
        }
        else
        {
            quotas.Charge(victim.Queue, victim.Amounts);
            _chosen.RemoveAt(_chosen.LastIndexOf(victim));
        }
    }

    private void Free(Preemptor preemptor, RunningTask part, int sign)
    {
        if (preemptor.Limits is { } limits) limits.Move(part.Node, limits.RulesOf(part.Task), -sign);
        if (!_free.TryGetValue(part.Node, out var free)) return;
        _pieces -= PiecesOf(preemptor, free);
        for (var kind = 0; kind < Math.Min(free.Length, part.Amounts.Length); kind++) free[kind] += sign * part.Amounts[kind];
        _pieces += PiecesOf(preemptor, free);
    }
}
