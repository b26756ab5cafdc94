using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>Which nodes may take how many of those who are to start together, by rules about failure domains: now, later, and when others have left.</summary>
/// <remarks>
/// Counts are set to a time by <see cref="At"/> and changed from there by <see cref="Move"/>. <see cref="Place"/> gives pieces to nodes in their order,
/// as many as each may take, round after round while a rule about skew lets more in; what must be near each other is tried in each domain.
/// With one rule, or limits on domains that lie within each other, it finds places whenever there are any; with others it may find none where
/// there are some, and what it finds always keeps the rules. Cost: O(nodes × rules) a round.
/// </remarks>
internal sealed class DomainLimits
{
    /// <summary>Rules that a mask has room for.</summary>
    public const int MostRules = 64;

    private readonly ImmutableArray<DomainRule> _rules;
    private readonly int[][] _counts;
    private readonly int[] _everywhere;
    private readonly List<(long End, int Node, int Tasks, ulong Rules)> _leaving = [];
    private readonly List<(int Node, int Tasks, ulong Rules)> _coming = [];
    private readonly Dictionary<TaskId, ulong> _countedBy = [];
    private int[] _given = [];

    public DomainLimits(ImmutableArray<DomainRule> rules)
    {
        _rules = rules;
        _counts = [.. rules.Select(r => r.There.ToArray())];
        _everywhere = [.. rules.Select(r => r.Everywhere)];
    }

    /// <summary>Somebody who is counted will have left by a time.</summary>
    public void Leaves(int node, int tasks, ulong rules, long end) => _leaving.Add((end, node, tasks, rules));

    /// <summary>So many who are counted are taken to be there until they end.</summary>
    public void Comes(int node, int tasks, ulong rules, long end)
    {
        _coming.Add((node, tasks, rules));
        Leaves(node, tasks, rules, end);
    }

    /// <summary>The rules that count a task; for <see cref="RulesOf"/>.</summary>
    public void Counts(TaskId task, ulong rules) => _countedBy[task] = rules;

    public ulong RulesOf(TaskId task) => _countedBy.GetValueOrDefault(task);

    /// <summary>Sets the counts to what they will be at a time.</summary>
    public void At(long time)
    {
        for (var r = 0; r < _rules.Length; r++)
        {
            _rules[r].There.CopyTo(_counts[r]);
            _everywhere[r] = _rules[r].Everywhere;
        }

        foreach (var (node, tasks, rules) in _coming) Move(node, rules, tasks);
        foreach (var (end, node, tasks, rules) in _leaving)
        {
            if (end <= time) Move(node, rules, -tasks);
        }
    }

    /// <summary>Sets the counts to those of an empty region to which those may come, anywhere, whom somebody wants to be near.</summary>
    public void Empty()
    {
        for (var r = 0; r < _rules.Length; r++)
        {
            Array.Fill(_counts[r], _rules[r] is { IsNear: true, CountsPieces: false } ? 1 : 0);
            _everywhere[r] = 0;
        }
    }

    /// <summary>So many that these rules count come to a node; fewer than none leave it.</summary>
    public void Move(int node, ulong rules, int tasks)
    {
        for (var r = 0; r < _rules.Length && rules >> r != 0; r++)
        {
            if ((rules >> r & 1) == 0) continue;
            _everywhere[r] += tasks;
            if (_rules[r].DomainOf[node] is >= 0 and var domain) _counts[r][domain] += tasks;
        }
    }

    /// <summary>How many of so many a node may take as the counts are.</summary>
    public int RoomOn(int node, int most)
    {
        for (var r = 0; r < _rules.Length; r++)
        {
            var rule = _rules[r];
            if (rule.DomainOf[node] is var domain && domain < 0)
            {
                if (!rule.AllowsNoDomain) return 0;
                continue;
            }

            var there = _counts[r][domain];
            if (rule.IsNear)
            {
                if (there == 0 && !(rule.CountsPieces && _everywhere[r] == 0)) return 0;
                continue;
            }

            var room = (long)rule.Most - there;
            if (rule.Skew > 0) room = Math.Min(room, Floor(r) + rule.Skew - there);
            if (room <= 0) return 0;
            if (rule.CountsPieces) most = (int)Math.Min(most, room);
        }

        return most;
    }

    /// <summary>Whether pieces may stand where they are, all together.</summary>
    public bool Allows(ImmutableArray<Piece> pieces) => Place(pieces.Sum(p => p.Count), [.. pieces.Select(p => (p.Node, p.Count))], null);

    /// <summary>Gives pieces to nodes, each with the room it has besides. The counts are left as they were.</summary>
    /// <param name="into">The places, by the order of the nodes; null when only the answer counts.</param>
    /// <returns>False when not all of them can be placed.</returns>
    public bool Place(int pieces, IReadOnlyList<(int Node, int Room)> nodes, List<Piece>? into)
    {
        var anchor = -1;
        for (var r = 0; r < _rules.Length; r++)
        {
            if (_rules[r] is { IsNear: true, CountsPieces: true } && _everywhere[r] == 0 && (anchor < 0 || _counts[r].Length > _counts[anchor].Length)) anchor = r;
        }

        if (anchor < 0) return Fill(pieces, nodes, null, -1, into);
        var domains = _rules[anchor].DomainOf;
        var tried = new HashSet<int>();
        foreach (var (node, _) in nodes)
        {
            if (domains[node] >= 0 && tried.Add(domains[node]) && Fill(pieces, nodes, domains, domains[node], into)) return true;
        }

        return false;
    }

    private bool Fill(int pieces, IReadOnlyList<(int Node, int Room)> nodes, ImmutableArray<int>? domains, int only, List<Piece>? into)
    {
        if (_given.Length < nodes.Count) _given = new int[nodes.Count];
        Array.Clear(_given, 0, nodes.Count);
        var (left, before) = (pieces, 0);
        while (left > 0 && left != before)
        {
            before = left;
            for (var i = 0; i < nodes.Count && left > 0; i++)
            {
                var (node, room) = nodes[i];
                if (room <= _given[i] || (domains is { } of && of[node] != only)) continue;
                var here = RoomOn(node, Math.Min(left, room - _given[i]));
                if (here <= 0) continue;
                Put(node, here);
                _given[i] += here;
                left -= here;
            }
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            if (_given[i] == 0) continue;
            Put(nodes[i].Node, -_given[i]);
            if (left == 0) into?.Add(new Piece(nodes[i].Node, _given[i]));
        }

        return left == 0;
    }

    private void Put(int node, int pieces)
    {
        for (var r = 0; r < _rules.Length; r++)
        {
            if (!_rules[r].CountsPieces) continue;
            _everywhere[r] += pieces;
            if (_rules[r].DomainOf[node] is >= 0 and var domain) _counts[r][domain] += pieces;
        }
    }

    private long Floor(int r)
    {
        long floor = int.MaxValue;
        foreach (var domain in _rules[r].Open) floor = Math.Min(floor, _counts[r][domain]);
        return floor;
    }
}
