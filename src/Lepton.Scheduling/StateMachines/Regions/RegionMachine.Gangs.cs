using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>
/// Gangs: tasks that start together or not at all. All members are placed in one pass in one region, or none is. Each gets its grant from its node,
/// and no node hands a member out before its task says so: the tasks wait at the gate of the region that runs them, which opens when all hold grants.
/// A gang that loses a member, before or after, is broken: the others end as preempted, and those that are not over start again together.
/// </content>
/// <remarks>
/// Nothing dead-locks: members wait for nothing but answers that every node gives, and what one region reserves it reserves for whole gangs.
/// Nothing of it is stored beside the tasks' own rows: which start an attempt belongs to is in its run spec.
/// </remarks>
public sealed partial class RegionMachine
{
    private readonly SortedDictionary<TaskId, CallId> _atGate = [];
    private readonly List<(int Index, WaitingTask? Before)> _members = [];
    private readonly List<Choice> _tried = [];

    /// <summary>Gangs that did not fit when they were last tried: how many members did, in the region where most did.</summary>
    private readonly Dictionary<TaskId, (int Fitted, int Size, bool ByQuota)> _short = [];

    private static bool IsOfGang(WaitingTask task, QueueLine line) =>
        task.Run is { } run ? run.Gang is not null : line.Own?.GroupOf(task.Task.Index).Group.Template.IsGang == true;

    /// <summary>The gangs of a line, one step per gang that was placed.</summary>
    private IEnumerable<TaskId> ServeGangs(QueueLine line, int queue, Moment now, Effects effects)
    {
        foreach (var group in line.Own?.Groups ?? [])
        {
            var size = group.Group.Template.GangSize;
            if (size == 0 || (group.Count == 0 && line.Again.Count == 0) || StartsLater(group, now)) continue;
            for (var first = group.Group.First; first < group.Group.End; first += size)
            {
                if (!Collect(line.Own!, line, first, size, now)) continue;
                if (HasMissed(group.Group.Template, now))
                {
                    foreach (var (index, before) in _members) Miss(line.Own!, index, before?.RestoreFrom, effects);
                    continue;
                }

                if (PlaceOwn(line.Own!, first, queue, now, effects)) yield return new TaskId(line.Own!.Job, first);
            }
        }

        if (line.Own is not null) yield break;
        foreach (var guest in line.Again.Count == 0 ? [] : line.Again.Values.Where(w => w.Run?.Gang is not null).ToArray())
        {
            if (PlaceGuests(line, guest, queue, now, effects)) yield return guest.Task;
        }
    }

    /// <summary>The members of an own gang that are not over.</summary>
    /// <returns>False when one of them cannot start now: it runs still, is being stopped, or waits for its time.</returns>
    private bool Collect(QueuedJob job, QueueLine line, int first, int size, Moment now)
    {
        _members.Clear();
        for (var index = first; index < first + size; index++)
        {
            switch (job.PlaceOf(index))
            {
                case TaskPlace.Fresh:
                    _members.Add((index, null));
                    break;
                case TaskPlace.Again when line.Again.TryGetValue(index, out var waiting):
                    if (waiting.NotBefore > now.At)
                    {
                        WakeFor(waiting.NotBefore);
                        return false;
                    }

                    _members.Add((index, waiting));
                    break;
                case TaskPlace.Settled:
                    break;
                default:
                    return false;
            }
        }

        return _members.Count > 0;
    }

    private bool PlaceOwn(QueuedJob job, int first, int queue, Moment now, Effects effects)
    {
        var shape = Among(job.ShapeOf(first), job.Spec.Tenant, job.Job, job.GroupOf(first).Group.Template);
        var gang = new GangRun(first, [.. _members.Select(m => m.Index)], _row!.Epoch, _order + 1);
        var name = new TaskId(job.Job, first);
        var group = job.GroupOf(first);
        var (template, estimate) = (group.Group.Template, EstimateOf(group, now));
        var since = _members[0].Before?.QueuedAt ?? (template.StartAfter is { } start && start > job.SubmittedAt ? start : job.SubmittedAt);
        var asker = new Asker(new TaskId(job.Job, _members[0].Index), queue, job.Spec.Priority, group.Learns, estimate, BoundOf(template, estimate), since, LostAPlace()) { Members = _members.Count };
        var preferred = PickElsewhere(shape, now, preferred: true);
        if (preferred is not null || !(shape.Allows(_self) && (shape.PinnedTo is null || shape.PinnedTo == _self) && TryHere(job.Job, shape, asker, now)))
        {
            if ((preferred ?? PickElsewhere(shape, now)) is not { } peer)
            {
                MissAmong(shape);
                _short[name] = (_tried.Count, _members.Count, _desk.Quotas.Shortage(queue, Times(_desk.AmountsOf(shape), _tried.Count + 1)) >= 0);
                AskForRoom(shape, asker, HasQuotaFor(shape, asker), now, effects);
                return false;
            }

            _tried.Clear();
            for (var m = 0; m < _members.Count; m++) _tried.Add(new Choice(null, peer));
        }

        _short.Remove(name);
        LeaveRoom(asker.Task);
        for (var m = 0; m < _members.Count; m++)
        {
            var (index, before) = _members[m];
            var task = new TaskId(job.Job, index);
            if (before is not null) _queue.TakeAgain(task);
            Send(task, shape, before, job.RunOf(index, before?.RestoreFrom) with { Gang = gang }, _tried[m], queue, now, effects);
        }

        _left = Math.Max(0, _left - _members.Count);
        return true;
    }

    private bool HasQuotaFor(TaskShape shape, Asker asker) => _desk.Quotas.Shortage(asker.Queue, Times(_desk.AmountsOf(shape), asker.Members)) < 0;

    private bool LostAPlace() => _members.Exists(m => m.Before is { } before && HasLostItsPlace(before));

    /// <summary>Guests of one start are placed when the last of them has come.</summary>
    private bool PlaceGuests(QueueLine line, WaitingTask guest, int queue, Moment now, Effects effects)
    {
        if (guest.NotBefore > now.At)
        {
            WakeFor(guest.NotBefore);
            return false;
        }

        // The last member in order speaks for all: by then every other one was seen.
        var gang = guest.Run!.Gang!;
        if (guest.Task.Index != gang.Members[^1] || !_peers.MayStartFor(guest.Task.Owner, now.At) || !CollectGuests(line, gang, now))
        {
            MaySendBack(guest, queue, now, effects);
            return false;
        }

        var learns = LearnsOf(guest);
        var estimate = _runTimes.Predict(learns, now.At);
        var asker = new Asker(_members[0].Before!.Task, queue, guest.Priority, learns, estimate, BoundOf(guest.Run.Template, estimate), guest.QueuedAt, LostAPlace()) { Members = _members.Count };
        var shape = Among(guest);
        if (!TryHere(guest.Task.Job, shape, asker, now))
        {
            MissAmong(shape);
            AskForRoom(shape, asker, HasQuotaFor(shape, asker), now, effects);
            MaySendBack(guest, queue, now, effects);
            return false;
        }

        LeaveRoom(asker.Task);

        for (var m = 0; m < _members.Count; m++)
        {
            var member = _members[m].Before!;
            _queue.TakeAgain(member.Task);
            Send(member.Task, member.Shape, member, member.Run!, _tried[m], queue, now, effects);
        }

        _left = Math.Max(0, _left - _members.Count);
        return true;
    }

    /// <summary>
    /// Tries all members on the ledger and on the queue's quota, or none. The places are in <see cref="_tried"/>, also when they do not suffice;
    /// the ledger keeps them only when they do, and the quota not at all: the orders count there.
    /// </summary>
    /// <remarks>
    /// Free nodes come first. Where a rule binds all to the domain of the first, these may lead away from the room that is reserved for them: then that
    /// comes first.
    /// </remarks>
    private bool TryHere(JobId job, TaskShape shape, Asker asker, Moment now) =>
        TryHere(job, shape, asker, now, ownRoomFirst: false)
        || (shape.Neighbours is { MustShare: not null } && _rooms.TryGet(asker.Task, out _) && TryHere(job, shape, asker, now, ownRoomFirst: true));

    private bool TryHere(JobId job, TaskShape shape, Asker asker, Moment now, bool ownRoomFirst)
    {
        _tried.Clear();
        var amounts = _desk.AmountsOf(shape);
        foreach (var (index, before) in _members)
        {
            if (_desk.Quotas.Shortage(asker.Queue, amounts) >= 0) break;
            var choice = ownRoomFirst ? ChooseHeld(shape, asker, now, onlyMine: true) : Choice.Nowhere;
            if (choice.IsNowhere) choice = _picker.PickHere(shape);
            if (MustKeepApart(choice)) choice = PassBy(choice, shape, asker, now);
            if (choice.IsNowhere) choice = ChooseHeld(shape, asker, now);
            if (choice.Node is not { } node) break;
            var task = new TaskId(job, index);
            _ledger.Offer(task, before?.LastAttempt ?? 0, node.Id, shape.Demand.Capacity, choice.Devices);
            EnterMember(task, before, node);
            _times.Tried.Add(task, amounts);
            _desk.Quotas.Charge(asker.Queue, amounts);
            _tried.Add(choice);
        }

        _times.Tried.Clear();
        for (var m = 0; m < _tried.Count; m++) _desk.Quotas.Release(asker.Queue, amounts);
        if (_tried.Count == _members.Count) return true;
        for (var m = 0; m < _tried.Count; m++)
        {
            _ledger.Retract(new TaskId(job, _members[m].Index));
            _near.Leave(new TaskId(job, _members[m].Index));
        }

        return false;
    }

    private Peer? PickElsewhere(TaskShape shape, Moment now, bool preferred = false)
    {
        var refusers = ImmutableArray<RegionId>.Empty;
        foreach (var (_, before) in _members)
        {
            if (before is not null) refusers = refusers.AddRange(Refusers(before, now));
        }

        if (shape.PinnedTo is { } pin && pin != _self)
        {
            return !refusers.Contains(pin) && shape.Allows(pin) && _peers.Find(pin) is { } there && PeerBook.MaySuit(there, shape, _members.Count) && _peers.HasRoom(there, shape.Demand, _members.Count, now.At)
                ? there
                : null;
        }

        return _picker.PickElsewhere(shape, _members.Count, refusers, now.At, preferred);
    }

    private bool CollectGuests(QueueLine line, GangRun gang, Moment now)
    {
        _members.Clear();
        foreach (var index in gang.Members)
        {
            if (!line.Again.TryGetValue(index, out var waiting) || !gang.IsSameStart(waiting.Run?.Gang) || waiting.NotBefore > now.At) return false;
            _members.Add((index, waiting));
        }

        return true;
    }

    /// <summary>Why a member waits although it could start by itself; null when the gang is not what keeps it.</summary>
    private Verdict? OfGang(TaskId task, WaitingTask? waiting, Moment now)
    {
        if (waiting?.Run is { } run)
        {
            if (run.Gang is not { } gang) return null;
            var here = gang.Members.Count(index => gang.IsSameStart(_queue.Find(new TaskId(task.Job, index))?.Run?.Gang));
            return here == gang.Members.Length
                ? null
                : new(PendingReason.GangIncomplete, $"{here} of {gang.Members.Length} members of its gang wait in {_self}; they start together", "wait: the others are on their way");
        }

        if (_queue.Find(task.Job) is not { } job || job.GroupOf(task.Index).Group is not { Template.IsGang: true } group) return null;
        var first = task.Index - ((task.Index - group.First) % group.Template.GangSize);
        for (var index = first; index < first + group.Template.GangSize; index++)
        {
            var member = _queue.Find(new TaskId(task.Job, index));
            var place = job.PlaceOf(index);
            if (place is TaskPlace.Fresh or TaskPlace.Settled || (place == TaskPlace.Again && !(member?.NotBefore > now.At))) continue;
            var what = place == TaskPlace.InFlight ? "has not come back yet" : place == TaskPlace.Again ? $"backs off for {Wording.Seconds(member!.NotBefore - now.At)} more" : "is being stopped";
            return new(PendingReason.GangIncomplete, $"task {index} of its gang {what}; all members start together", "wait");
        }

        if (!_short.TryGetValue(new TaskId(task.Job, first), out var tried) || tried.Fitted == 0) return null;
        return tried.ByQuota
            ? new(
                PendingReason.QuotaExceeded,
                $"queue {job.Spec.Queue} may hold {tried.Fitted} of {tried.Size} members of the gang in {_self} now; a gang starts as a whole or not at all",
                "wait until the queue holds less, or ask for fewer members, or less for each")
            : GangShort(tried.Fitted, tried.Size);
    }

    private Verdict GangShort(int fitted, int size) => new(
        PendingReason.GangIncomplete,
        $"{fitted} of {size} members fit in {_self} at the same time; a gang starts as a whole or not at all",
        "wait for room, or ask for fewer members, or less for each");

    /// <summary>A member holds its grant. It may begin when the others hold theirs.</summary>
    private void TakeGangReady(GangReady ready, CallId call, Effects effects)
    {
        var task = ready.Attempt.Task;
        if (!_flights.TryGetValue(task, out var flight) || !ready.Gang.IsSameStart(flight.Gang) || flight.Broken)
        {
            // It goes back and waits with the others: to begin alone would be worse than to begin late.
            effects.Reply(call, new Stale("gang", ready.Attempt.Number, flight?.Attempt ?? 0));
            return;
        }

        flight.Granted = true;
        flight.Attempt = Math.Max(flight.Attempt, ready.Attempt.Number);
        if (_atGate.Remove(task, out var older)) effects.Reply(older, new Busy(_settings.ResendFirst));
        _atGate.Add(task, call);
        MayOpen(flight, effects);
    }

    private void MayOpen(Flight flight, Effects effects)
    {
        var gang = flight.Gang!;
        var nodes = ImmutableArray.CreateBuilder<NodeId>(gang.Members.Length);
        foreach (var index in gang.Members)
        {
            var task = new TaskId(flight.Task.Job, index);
            if (!_flights.TryGetValue(task, out var member) || !gang.IsSameStart(member.Gang))
            {
                Break(flight, $"task {index} of its gang is not under way with it", effects);
                return;
            }

            if (!member.Granted && !HoldsGrant(member)) return;
            nodes.Add(member.Node!.Value);
        }

        var open = new GangComplete(nodes.MoveToImmutable());
        foreach (var index in gang.Members)
        {
            if (_atGate.Remove(new TaskId(flight.Task.Job, index), out var call)) effects.Reply(call, open);
        }
    }

    /// <summary>By the word of its node: after a restart of this region a member that was let through does not ask again.</summary>
    private bool HoldsGrant(Flight flight) =>
        flight.Node is { } node && _ledger.Find(node)?.Held.ContainsKey(new AttemptId(flight.Task, flight.Attempt)) == true;

    /// <summary>A member is gone from the air. Unless it is over while all of them run, the gang is broken.</summary>
    private void LoseMember(Flight gone, string how, bool isOver, Effects effects)
    {
        if (_atGate.Remove(gone.Task, out var call)) effects.Reply(call, new Stale("gang", gone.Attempt, gone.Attempt));
        if (gone.Broken) return;
        if (isOver && !gone.Gang!.Members.Any(index => _atGate.ContainsKey(new TaskId(gone.Task.Job, index)))) return;
        Break(gone, $"task {gone.Task.Index} of its gang {how}", effects);
    }

    private void Break(Flight lost, string why, Effects effects)
    {
        lost.Broken = true;
        foreach (var index in lost.Gang!.Members)
        {
            var task = new TaskId(lost.Task.Job, index);
            if (_atGate.Remove(task, out var call)) effects.Reply(call, new Stale("gang", lost.Attempt, lost.Attempt));
            if (!_flights.TryGetValue(task, out var member) || !lost.Gang.IsSameStart(member.Gang)) continue;
            member.Broken = true;
            member.BrokenBy = $"Stopped to start again with its gang: {why}.";
            StopMember(member, effects);
        }
    }

    /// <summary>Told when its number is known; before that it cannot have passed the gate.</summary>
    private void StopMember(Flight member, Effects effects)
    {
        if (member.Attempt == 0) return;
        var stop = new StopMember(new AttemptId(member.Task, member.Attempt), member.BrokenBy ?? "Stopped to start again with its gang.");
        effects.Send(Address.Of(member.Task, _self), stop, SendMode.UntilAnswered);
    }

    /// <summary>A crash may have come between the orders to two members: a start of which one member waits is broken.</summary>
    private void BreakWhatWasCut(Effects effects)
    {
        foreach (var flight in _flights.Values.Where(f => f.Gang is not null).OrderBy(f => f.Task).ToList())
        {
            if (flight.Broken) continue;
            var waits = flight.Gang!.Members.FirstOrDefault(index => IsWaiting(new TaskId(flight.Task.Job, index)), -1);
            if (waits >= 0) Break(flight, $"task {waits} of its gang was not dispatched", effects);
        }
    }

    private bool IsWaiting(TaskId task) =>
        _queue.Find(task) is not null || (_queue.Find(task.Job) is { } job && job.Has(task.Index) && job.PlaceOf(task.Index) == TaskPlace.Fresh);
}
