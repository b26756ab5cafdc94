using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;
using Lepton.Scheduling.Queueing.Reserving;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>
/// Room for those who ask something of their neighbours: reserved for a time at which failure domains let all of them in, with whoever runs there
/// until its bound, and kept so: nobody starts beside it who would still be there then and is not wanted.
/// </content>
/// <remarks>
/// Two who must be away from each other and both hold room cannot block each other: each gives way only to room that was given before its own.
/// Cost: O(nodes × rules + tasks under way), for tasks that have such rules and find no room, and for those that somebody with room is kept from.
/// </remarks>
public sealed partial class RegionMachine
{
    /// <summary>Nodes passed by for one task before it waits for the next pass.</summary>
    private const int PassedBy = 16;

    /// <summary>Somebody with room of whom a task must keep off.</summary>
    /// <param name="Away">Rules of the task that are about it.</param>
    /// <param name="Rules">Its own rules that count the task, in <paramref name="Limits"/> as they will be when it starts.</param>
    private sealed record Keeper(Reservation Room, ImmutableArray<NearTerm> Away, ulong Rules, DomainLimits? Limits);

    /// <summary>The rules of a shape with the counts as they are and will be; null: it has none.</summary>
    private DomainLimits? LimitsOf(TaskShape shape, TaskId self, Moment now)
    {
        if (shape.Neighbours is not { Musts: { IsEmpty: false } musts }) return null;
        var limits = new DomainLimits([.. musts.Take(DomainLimits.MostRules).Select(term => RuleOf(term, shape, self))]);
        foreach (var flight in _flights.Values)
        {
            if (flight.Region != _self || CountedBy(musts, new Resident(flight.Tenant, flight.Task.Job, flight.Template)) is not (> 0 and var rules)) continue;
            limits.Counts(flight.Task, rules);
            if (_near.NodeOf(flight.Task) is { } node) limits.Leaves(node.Number, 1, rules, _times.EndOf(flight, now.At.Ticks));
        }

        return limits;
    }

    /// <summary>The same with those who have room reserved counted as if they were there until they end.</summary>
    private DomainLimits? LimitsBeside(TaskShape shape, TaskId self, Moment now)
    {
        if (LimitsOf(shape, self, now) is not { } limits) return null;
        foreach (var (holder, room) in _rooms.All)
        {
            if (holder == self || ResidentOf(holder) is not { } who || CountedBy(shape.Neighbours!.Musts, who) is not (> 0 and var rules)) continue;
            foreach (var piece in room.Pieces) limits.Comes(piece.Node, piece.Count, rules, room.End);
        }

        return limits;
    }

    private DomainRule RuleOf(NearTerm term, TaskShape shape, TaskId self)
    {
        var (domains, count) = (new int[_ledger.Nodes.Count], 1);
        foreach (var node in _ledger.Nodes)
        {
            domains[node.Number] = node.DomainAt(term.By);
            count = Math.Max(count, domains[node.Number] + 1);
        }

        var there = new int[count];
        for (var domain = 0; domain < count; domain++) there[domain] = term.Census.At(domain);
        return new DomainRule([.. domains], [.. there], term.Census.Everywhere)
        {
            Most = term.Kind == NearKind.Away ? 1 : term.MaxPerDomain > 0 ? term.MaxPerDomain : int.MaxValue,
            Skew = term.MaxSkew,
            Open = term.MaxSkew == 0 ? [] : [.. _ledger.Nodes.Where(n => n.Phase == NodePhase.Ready && IsOpenTo(self, n) && OwnRegion.CouldEverFit(shape, n)).Select(n => domains[n.Number]).Where(d => d >= 0).Distinct()],
            IsNear = term.Kind == NearKind.Near,
            CountsPieces = term.IsAboutItself,
            AllowsNoDomain = term.IsTheirs,
        };
    }

    /// <summary>A bit for each of the first rules that counts a task.</summary>
    private static ulong CountedBy(ImmutableArray<NearTerm> musts, Resident who)
    {
        var rules = 0UL;
        for (var r = 0; r < Math.Min(musts.Length, DomainLimits.MostRules); r++)
        {
            if (musts[r].Census.Crowd.Counts(who)) rules |= 1UL << r;
        }

        return rules;
    }

    /// <summary>How many members of a gang keep its rules when nothing else runs.</summary>
    private int MostApart(TaskShape shape, List<(int Node, int Room)> rooms, int size, Moment now)
    {
        if (LimitsOf(shape, new TaskId(Nobody, 0), now) is not { } limits) return size;
        limits.Empty();
        while (size > 0 && !limits.Place(size, rooms, null)) size--;
        return size;
    }

    private bool MustKeepApart(Choice choice) => choice.Node is not null && _near.IsOn && _rooms.Count > 0;

    /// <summary>Another node when it must not start on the one that was chosen, for the sake of those who have room.</summary>
    private Choice PassBy(Choice choice, TaskShape shape, Asker asker, Moment now, ImmutableArray<RegionId> refusers = default, bool? hasQuota = null)
    {
        if (KeptFrom(shape, asker, EndOf(asker, now), now) is not { } keepers) return choice;
        List<NodeEntry>? passed = null;
        while (choice.Node is { } node && !MayStandOn(node, keepers))
        {
            (passed ??= []).Add(node);
            _ledger.HoldBack(node, "for others that must be kept apart from it");
            choice = passed.Count == PassedBy ? Choice.Nowhere
                : hasQuota is { } here ? _picker.Pick(shape, refusers, now.At, here) : _picker.PickHere(shape);
        }

        foreach (var node in passed ?? []) HoldBack(node);
        return choice;
    }

    private static long EndOf(Asker asker, Moment now) => asker.Bound is { } bound ? now.At.Ticks + bound.Ticks : CapacityProfile.Never;

    /// <summary>Those with room, given before its own if it has any, whom it could be in the way of before an end; null: nobody.</summary>
    private List<Keeper>? KeptFrom(TaskShape shape, Asker asker, long end, Moment now)
    {
        if (!_near.IsOn || _rooms.Count == 0 || ResidentOf(asker.Task) is not { } who) return null;
        List<Keeper>? keepers = null;
        var hasRoom = _rooms.TryGet(asker.Task, out _);
        foreach (var (holder, room) in _rooms.All)
        {
            if (holder == asker.Task || Math.Max(room.Start, now.At.Ticks) >= end || !(hasRoom ? _rooms.IsAhead(holder, asker.Task) : _rooms.Counts(holder))) continue;
            if (PendingShape(holder) is not { } theirs || ResidentOf(holder) is not { } other) continue;
            ImmutableArray<NearTerm> away = [.. (shape.Neighbours?.Musts ?? []).Where(t => t.Kind == NearKind.Away && t.Census.Crowd.IsAbout(other))];
            var rules = theirs.Neighbours is { } near ? CountedBy(near.Musts, who) : 0;
            var limits = rules == 0 ? null : LimitsOf(theirs, holder, now);
            limits?.At(Math.Max(room.Start, now.At.Ticks));
            if (limits?.Allows(room.Pieces) == false) limits = null;        // it has to look for another time anyway
            if (!away.IsEmpty || limits is not null) (keepers ??= []).Add(new Keeper(room, away, rules, limits));
        }

        return keepers;
    }

    /// <summary>Whoever has room can still start there at its time when the task starts on this node.</summary>
    private bool MayStandOn(NodeEntry node, List<Keeper>? keepers)
    {
        foreach (var keeper in keepers ?? [])
        {
            foreach (var term in keeper.Away)
            {
                if (node.DomainAt(term.By) is >= 0 and var domain && keeper.Room.Pieces.Any(p => _ledger.Nodes[p.Node].DomainAt(term.By) == domain)) return false;
            }

            if (keeper.Limits is not { } limits) continue;
            limits.Move(node.Number, keeper.Rules, 1);
            var fits = limits.Allows(keeper.Room.Pieces);
            limits.Move(node.Number, keeper.Rules, -1);
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>What neighbours see of a task that waits.</summary>
    private Resident? ResidentOf(TaskId task)
    {
        if (_queue.Find(task)?.Run is { } run) return new Resident(run.Tenant, task.Job, run.Template);
        return _queue.Find(task.Job) is { } job && job.Has(task.Index) ? new Resident(job.Spec.Tenant, task.Job, job.GroupOf(task.Index).Group.Template) : null;
    }
}
