using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Planning: the queues by their shares, each in its order, each shape that fits nowhere tried once, and what becomes of the orders.</content>
public sealed partial class RegionMachine
{
    private readonly HashSet<TaskShape> _hopeless = [];
    private readonly Dictionary<TaskShape, bool> _everFits = [];
    private readonly SortedDictionary<int, IEnumerator<TaskId>> _turns = [];
    private readonly RunTimeModel _runTimes = new();
    private readonly HashSet<TaskId> _missed = [];
    private int _left;
    private DateTimeOffset? _next;
    private (long Nodes, long Peers) _hopelessSince;
    private DateTimeOffset? _planAt;
    private long _order;
    private Pass? _lastPass;

    /// <summary>The newest pass: when, how many it placed, and whether it ended at its limit.</summary>
    private sealed record Pass(DateTimeOffset At, int Placed, bool HitLimit);

    /// <remarks>
    /// Cost: O(live jobs + tasks with a history + shapes × (queues + nodes) + assignments × nodes at worst). Fresh tasks that cannot be placed cost nothing each.
    /// </remarks>
    private void Plan(Moment now, Effects effects)
    {
        _planAt = null;
        _next = _ledger.WakeRested(now.At);
        var limit = Math.Max(1, _settings.AssignmentsPerPass);
        _left = limit;
        _desk.Count(_ledger);
        BeginRooms(now);
        _turns.Clear();
        foreach (var (name, lines) in _queue.Queues)
        {
            if (_desk.Find(name) is var queue && queue < 0) continue;
            _turns.Add(queue, Serve(lines, queue, now, effects).GetEnumerator());
            _desk.Shares.SetActive(queue, true);
        }

        // Each step of a turn places one task; a queue whose turn is over has nothing more that could be placed in this pass.
        while (_left > 0 && _desk.Shares.Next is var next && next >= 0)
        {
            if (!_turns[next].MoveNext()) _desk.Shares.SetActive(next, false);
        }

        foreach (var queue in _turns.Keys) _desk.Shares.SetActive(queue, false);
        if (_left > 0) EndRooms();
        SendHomeless(now, effects);
        _lastPass = new Pass(now.At, limit - _left, _left == 0);
        _planAt = _left == 0 ? now.At : _next;
    }

    /// <summary>A queue's turn: its lines in order, one step per task that was placed.</summary>
    private IEnumerable<TaskId> Serve(SortedRows<QueueKey, QueueLine> lines, int queue, Moment now, Effects effects)
    {
        var skip = new HashSet<TaskShape>();
        QueueKey? last = null;
        while (lines.TryNext(last, out var key, out var line))
        {
            last = key;
            foreach (var task in line.Again.Count == 0 ? [] : line.Again.Values.ToArray())
            {
                if (!IsOfGang(task, line) && PlaceAgain(task, queue, now, effects)) yield return task.Task;
            }

            foreach (var placed in ServeGangs(line, queue, now, effects)) yield return placed;

            if (line.Own is not { } job) continue;
            foreach (var group in job.Groups)
            {
                if (group.Count == 0 || group.Group.Template.IsGang || StartsLater(group, now)) continue;
                skip.Clear();       // equal shapes of other groups may be shorter, and fit in front of a reservation
                for (var index = group.Next(0, skip); index >= 0; index = group.Next(index + 1, skip))
                {
                    if (_left == 0) yield break;
                    if (!PlaceFresh(job, group, index, queue, skip, now, effects)) continue;
                    yield return new TaskId(job.Job, index);
                }
            }
        }
    }

    private bool PlaceAgain(WaitingTask task, int queue, Moment now, Effects effects)
    {
        if (task.NotBefore > now.At)
        {
            WakeFor(task.NotBefore);
            return false;
        }

        if (task.Run is not null && !_peers.MayStartFor(task.Task.Owner, now.At)) return false;
        var template = task.Run?.Template ?? _queue.Find(task.Task.Job)!.GroupOf(task.Task.Index).Group.Template;
        if (HasMissed(template, now))
        {
            if (task.Run is not null) SendBack(task, $"Its deadline passed while it waited in {_self}.", effects);
            else Miss(_queue.Find(task.Task.Job)!, task.Task.Index, task.RestoreFrom, effects);
            return false;
        }

        var learns = LearnsOf(task);
        var estimate = _runTimes.Predict(learns, now.At);
        var asker = new Asker(task.Task, queue, task.Priority, learns, estimate, BoundOf(template, estimate), task.QueuedAt, HasLostItsPlace(task));
        var choice = Choose(task.Shape, asker, Refusers(task, now), now, effects);
        if (choice.IsNowhere)
        {
            if (task.Run is not null) MaySendBack(task, queue, now, effects);
            return false;
        }

        _queue.TakeAgain(task.Task);
        var run = task.Run ?? _queue.Find(task.Task.Job)!.RunOf(task.Task.Index, task.RestoreFrom);
        Send(task.Shape, task, run, choice, asker, now, effects);
        _left--;
        return true;
    }

    private bool StartsLater(FreshGroup group, Moment now)
    {
        if (group.Group.Template.StartAfter is not { } start || start <= now.At) return false;
        WakeFor(start);
        return true;
    }

    private bool PlaceFresh(QueuedJob job, FreshGroup group, int index, int queue, HashSet<TaskShape> skip, Moment now, Effects effects)
    {
        if (HasMissed(group.Group.Template, now))
        {
            Miss(job, index, null, effects);
            return false;
        }

        var shape = group.ShapeOf(index);
        var estimate = EstimateOf(group, now);
        var since = group.Group.Template.StartAfter is { } start && start > job.SubmittedAt ? start : job.SubmittedAt;
        var asker = new Asker(new TaskId(job.Job, index), queue, job.Spec.Priority, group.Learns, estimate, BoundOf(group.Group.Template, estimate), since, false);
        var choice = Choose(shape, asker, [], now, effects);
        if (choice.IsNowhere)
        {
            skip.Add(shape);        // within a pass nothing becomes free
            return false;
        }

        Send(shape, null, job.RunOf(index, null), choice, asker, now, effects);
        _left--;
        return true;
    }

    private void WakeFor(DateTimeOffset at)
    {
        if (_next is null || at < _next) _next = at;
    }

    /// <summary>Guests whose queue this region does not have: their owner has all regions to choose from.</summary>
    private void SendHomeless(Moment now, Effects effects)
    {
        foreach (var (name, lines) in _queue.Queues.ToArray())
        {
            if (_desk.Find(name) >= 0) continue;
            foreach (var guest in lines.Rows.SelectMany(l => l.Again.Values).Where(t => t.Run is not null && t.NotBefore <= now.At).ToArray())
            {
                SendBack(guest, $"Region {_self} has no queue {name}; its queues are {_desk.Names}.", effects);
            }
        }
    }

    /// <summary>
    /// A guest has only this region, its owner has all of them: what no node here could ever hold goes back at once, what finds no room for a
    /// whole delegation lease goes back then, unless its input lies here.
    /// </summary>
    private void MaySendBack(WaitingTask guest, int queue, Moment now, Effects effects)
    {
        var beyondQuota = _desk.Quotas.NeverFits(queue, _desk.AmountsOf(guest.Shape)) >= 0;
        var fitsNever = beyondQuota || !CouldEverFitHere(guest.Shape);
        var until = guest.QueuedAt + _settings.DelegationLease;
        if (!fitsNever && (guest.Run!.Input?.IsFile() == true || now.At < until))
        {
            if (now.At < until) WakeFor(until);
            return;
        }

        SendBack(
            guest,
            beyondQuota ? $"Queue {guest.Queue} of {_self} can never hold {Wording.Asked(guest.Shape.Demand)}."
            : fitsNever ? $"None of the {_ledger.Nodes.Count} nodes of {_self} that it may use holds {Wording.Asked(guest.Shape.Demand)}."
            : $"It found no room in {_self} for {Wording.Seconds(now.At - guest.QueuedAt)}.",
            effects);
    }

    private void SendBack(WaitingTask guest, string why, Effects effects)
    {
        _queue.TakeAgain(guest.Task);
        effects.Send(Address.Of(guest.Task, _self), new SendBack(new AttemptId(guest.Task, guest.LastAttempt), why), SendMode.UntilAnswered);
    }

    /// <summary>Asked once per shape as long as nothing changes: many guests may look the same.</summary>
    private bool CouldEverFitHere(TaskShape shape)
    {
        Hopeless();
        if (!_everFits.TryGetValue(shape, out var fits)) _everFits.Add(shape, fits = _ledger.Nodes.Any(node => OwnRegion.CouldEverFit(shape, node)));
        return fits;
    }

    /// <remarks>Where the queue has no quota left here, other regions may still take it: they have quotas of their own.</remarks>
    private Choice Choose(TaskShape shape, Asker asker, ImmutableArray<RegionId> refusers, Moment now, Effects effects)
    {
        var hasQuota = _desk.Quotas.Shortage(asker.Queue, _desk.AmountsOf(shape)) < 0;
        var choice = Choice.Nowhere;
        if (!Hopeless().Contains(shape))
        {
            choice = _picker.Pick(shape, refusers, now.At, hasQuota);
            if (choice.IsNowhere && refusers.IsEmpty && hasQuota) _hopeless.Add(shape);
        }

        if (choice.IsNowhere && hasQuota) choice = ChooseHeld(shape, asker, now);
        if (choice.IsNowhere) AskForRoom(shape, asker, hasQuota, now, effects);
        else LeaveRoom(asker.Task);
        return choice;
    }

    private static bool HasLostItsPlace(WaitingTask task) => task.Cause is AttemptEndCause.NodeLost or AttemptEndCause.LeaseExpired or AttemptEndCause.DeviceFault;

    private RunTimeKey LearnsOf(WaitingTask task) => task.Run is { } run ? RunTimeKey.Of(RunTimeKey.ClassOf(run), run.Template.Demand)
        : _queue.Find(task.Task.Job)!.GroupOf(task.Task.Index).Learns;

    /// <summary>Asked anew only when something was learned since.</summary>
    private RunTimeEstimate? EstimateOf(FreshGroup group, Moment now)
    {
        if (group.EstimatedAt == _runTimes.Learned) return group.Estimate;
        group.EstimatedAt = _runTimes.Learned;
        return group.Estimate = _runTimes.Predict(group.Learns, now.At);
    }

    /// <summary>How long it runs at most, as far as anybody knows: its limit, else what nine of ten runs like it took, else what its submitter expects.</summary>
    private static TimeSpan? BoundOf(TaskTemplate template, RunTimeEstimate? estimate)
    {
        var learned = estimate?.High ?? template.ExpectedRun;
        return template.TimeLimit is { } limit && (learned is null || limit < learned) ? limit : learned;
    }

    private bool HasMissed(TaskTemplate template, Moment now)
    {
        if (template.Deadline is not { } deadline) return false;
        if (deadline <= now.At) return true;
        WakeFor(deadline);
        return false;
    }

    /// <summary>It will not start any more: its task ends it and says so to the job.</summary>
    private void Miss(QueuedJob job, int index, string? restoreFrom, Effects effects)
    {
        var task = new TaskId(job.Job, index);
        _queue.TakeAgain(task);
        job.Move(index, TaskPlace.InFlight);
        _missed.Add(task);
        LeaveRoom(task);
        effects.Send(Address.Of(task), new MissDeadline(job.RunOf(index, restoreFrom)), SendMode.UntilAnswered);
        _left = Math.Max(0, _left - 1);
    }

    /// <summary>Shapes that fit nowhere as long as nothing opens anywhere.</summary>
    private HashSet<TaskShape> Hopeless()
    {
        var since = (_ledger.Openings, _peers.Openings);
        if (since == _hopelessSince) return _hopeless;
        _hopeless.Clear();
        _everFits.Clear();
        _hopelessSince = since;
        return _hopeless;
    }

    /// <summary>Longest time for which a region that refused a task again and again is not asked.</summary>
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What a region's summary cannot tell (nodes a task avoids, room split up) it tells by sending the task back. hold = first * 2^(times - 1):
    /// a task that fits nowhere there must not travel for ever.
    /// </summary>
    private ImmutableArray<Refusal> RefusalsAfter(Flight flight, Moment now)
    {
        var known = flight.Before?.Refusals ?? [];
        if (flight.Region == _self) return known;
        var before = known.FirstOrDefault(r => r.Region == flight.Region);
        var times = (before?.Times ?? 0) + 1;
        var hold = _settings.ResendLongest * Math.Pow(2, Math.Min(times, 16));
        var until = now.At + (hold < LongestRefusal ? hold : LongestRefusal);
        var refusal = new Refusal(flight.Region, times, until, _peers.Find(flight.Region)?.Changes ?? 0);
        return before is null ? known.Add(refusal) : known.Replace(before, refusal);
    }

    private ImmutableArray<RegionId> Refusers(WaitingTask task, Moment now)
    {
        if (task.Refusals.IsEmpty) return [];
        var refusers = ImmutableArray.CreateBuilder<RegionId>();
        foreach (var refusal in task.Refusals)
        {
            var isNews = refusal.Times == 1 && _peers.Find(refusal.Region)?.Changes > refusal.Changes;
            if (isNews || now.At >= refusal.Until) continue;
            refusers.Add(refusal.Region);
            WakeFor(refusal.Until);
        }

        return refusers.ToImmutable();
    }

    /// <summary>A member of a gang, whose places were tried before.</summary>
    private void Send(TaskId task, TaskShape shape, WaitingTask? before, RunSpec run, Choice choice, int queue, Moment now, Effects effects)
    {
        var learns = RunTimeKey.Of(RunTimeKey.ClassOf(run), run.Template.Demand);
        var estimate = _runTimes.Predict(learns, now.At);
        Send(shape, before, run, choice, new Asker(task, queue, run.Priority, learns, estimate, BoundOf(run.Template, estimate), now.At, false), now, effects);
    }

    private void Send(TaskShape shape, WaitingTask? before, RunSpec run, Choice choice, Asker asker, Moment now, Effects effects)
    {
        var task = asker.Task;
        var isGuest = before?.Run is not null;
        if (run.Template.Deadline is { } deadline) run = run with { Template = run.Template with { TimeLimit = Earlier(run.Template.TimeLimit, deadline - now.At) } };
        var after = isGuest ? before!.LastAttempt - 1 : before?.LastAttempt ?? 0;
        var flight = new Flight
        {
            Task = task,
            Shape = shape,
            Region = choice.Region?.Region ?? _self,
            Node = choice.Node?.Id,
            After = after,
            Since = now.At,
            Order = ++_order,
            Given = (_row!.Epoch, _order),
            Before = before,
            Gang = run.Gang,
            Priority = run.Priority,
            Bound = asker.Bound,
            CheckpointEvery = run.Template.CheckpointEvery,
            Grace = run.Template.Grace,
            Preemptible = run.Template.Preemptible,
            Learns = asker.Learns,
        };
        _flights[task] = flight;
        if (flight.Region == _self) Charge(flight, asker.Queue);
        if (choice.Node is { } node) _ledger.Offer(task, after, node.Id, shape.Demand.Capacity, choice.Devices);
        else choice.Region!.Delegate(shape.Demand, now.At);
        if (!isGuest) _queue.Find(task.Job)!.Move(task.Index, TaskPlace.InFlight);
        var order = new Dispatch(run, flight.Region, flight.Node, _row!.Epoch, flight.Order, after) { Devices = choice.Devices.OrEmpty(), ExpectedRun = asker.Estimate?.Median ?? run.Template.ExpectedRun };
        effects.Send(Address.Of(task, _self), order, SendMode.UntilAnswered);
    }

    private void TakeDispatchAnswer(Dispatch sent, Reply reply, Moment now, Effects effects)
    {
        var task = sent.Run.Task;
        if (!_flights.TryGetValue(task, out var flight) || flight.Order != sent.Order) return;
        switch (reply)
        {
            case Dispatched dispatched:
                flight.Attempt = Math.Max(flight.Attempt, dispatched.Attempt.Number);
                if (flight.Broken) StopMember(flight, effects);
                break;
            case Refused { Code: RefusalCode.AlreadyEnded }:
                Settle(flight, effects);
                PlanSoon(now, effects);
                break;
            case Refused { Code: RefusalCode.StillRunning }:
                // An attempt that we lost sight of: it will be heard of when it ends; what it holds its node tells.
                flight.Attempt = flight.After + 1;
                _ledger.Unoffer(task);
                PlanSoon(now, effects);
                break;
            case Stale stale when stale.Known > sent.RegionEpoch.Value && sent.RegionEpoch == _row!.Epoch && IsEpochOf(stale):
                _standing = Standing.Replaced;
                break;
            case Refused { Code: RefusalCode.NotFound } when task.Owner != _self:
                Settle(flight, effects);
                break;
            default:
                PutBack(flight, now.At + _settings.ResendLongest, Words(reply), now, effects);
                break;
        }
    }

    /// <summary>A task may also call an order stale; only a newer region epoch means that this activation was replaced.</summary>
    private static bool IsEpochOf(Stale stale) => stale.What.Contains("epoch", StringComparison.Ordinal);

    private void Settle(Flight flight, Effects effects)
    {
        EndFlight(flight.Task, effects, isOver: true);
        _guests.Remove(flight.Task);
        if (_queue.Find(flight.Task.Job) is { } job && job.Has(flight.Task.Index)) job.Move(flight.Task.Index, TaskPlace.Settled);
    }

    /// <summary>Into the queue again, as it was.</summary>
    private void PutBack(Flight flight, DateTimeOffset notBefore, string why, Moment now, Effects effects)
    {
        if (flight.Node is { } node && flight.Region == _self) _ledger.Rest(node, now.At + _settings.HeartbeatEvery);
        EndFlight(flight.Task, effects, "could not be dispatched");
        var job = _queue.Find(flight.Task.Job);
        if (flight.Task.Owner == _self && (job is null || job.IsWithdrawn)) return;
        var waiting = flight.Before ?? new WaitingTask
        {
            Task = flight.Task,
            Shape = flight.Shape,
            Queue = job!.Spec.Queue,
            Priority = job.Spec.Priority,
            SubmittedAt = job.SubmittedAt,
            QueuedAt = now.At,
            LastAttempt = 0,
        };
        _queue.Put(waiting with { NotBefore = notBefore, Message = why, QueuedAt = now.At });
        PlanSoon(now, effects);
    }

    /// <summary>Takes a task out of flight and gives back what was counted for it.</summary>
    /// <param name="how">What became of it, for the other members of its gang.</param>
    /// <param name="isOver">It has ended for good, by its own success or not: members that run go on until their job ends them.</param>
    private void EndFlight(TaskId task, Effects effects, string how = "is over", bool isOver = false)
    {
        _ledger.Unoffer(task);
        if (!_flights.Remove(task, out var flight)) return;
        if (flight.Gang is not null) LoseMember(flight, how, isOver, effects);
        if (flight.Amounts is { } amounts) _desk.Release(flight.Queue, amounts);
        if (flight.Region == _self) return;
        _peers.Find(flight.Region)?.TakeBack(flight.Shape.Demand);
        _peers.Freed();
    }

    private static TimeSpan Earlier(TimeSpan? limit, TimeSpan left) => limit is { } l && l < left ? l : left;

    /// <summary>From here on its queue holds what it asked. Counted until it has left: longer than it runs, never shorter.</summary>
    private void Charge(Flight flight, int queue)
    {
        if (queue < 0) return;
        (flight.Queue, flight.Amounts) = (queue, _desk.AmountsOf(flight.Shape));
        _desk.Charge(queue, flight.Amounts);
    }

    private static string Words(Reply reply) => reply switch
    {
        Refused refused => refused.Text,
        Stale stale => $"stale {stale.What}: {stale.Given}, known {stale.Known}",
        _ => reply.GetType().Name,
    };
}
