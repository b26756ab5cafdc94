using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Planning: the queue in order, each shape that fits nowhere tried once, and what becomes of the orders.</content>
public sealed partial class RegionMachine
{
    private readonly HashSet<TaskShape> _hopeless = [];
    private readonly Dictionary<TaskShape, bool> _everFits = [];
    private readonly List<QueueLine> _lines = [];
    private readonly List<WaitingTask> _waiting = [];
    private (long Nodes, long Peers) _hopelessSince;
    private DateTimeOffset? _planAt;
    private long _order;
    private Pass? _lastPass;

    /// <summary>The newest pass: when, how many it placed, and whether it ended at its limit.</summary>
    private sealed record Pass(DateTimeOffset At, int Placed, bool HitLimit);

    /// <remarks>Cost: O(live jobs + tasks with a history + shapes × nodes + assignments × nodes at worst). Fresh tasks that cannot be placed cost nothing each.</remarks>
    private void Plan(Moment now, Effects effects)
    {
        _planAt = null;
        var next = _ledger.WakeRested(now.At);
        var limit = Math.Max(1, _settings.AssignmentsPerPass);
        var left = limit;
        _lines.Clear();
        _lines.AddRange(_queue.Lines);
        foreach (var line in _lines)
        {
            PlanAgain(line, ref left, ref next, now, effects);
            if (line.Own is { } job) PlanFresh(job, ref left, ref next, now, effects);
            if (left == 0) break;
        }

        _lastPass = new Pass(now.At, limit - left, left == 0);
        _planAt = left == 0 ? now.At : next;
    }

    private void PlanAgain(QueueLine line, ref int left, ref DateTimeOffset? next, Moment now, Effects effects)
    {
        if (line.Again.Count == 0) return;
        _waiting.Clear();
        _waiting.AddRange(line.Again.Values);
        foreach (var task in _waiting)
        {
            if (left == 0) return;
            if (task.NotBefore > now.At)
            {
                if (next is null || task.NotBefore < next) next = task.NotBefore;
                continue;
            }

            if (task.Run is not null && !_peers.MayStartFor(task.Task.Owner, now.At)) continue;
            var choice = Choose(task.Shape, Refusers(task, ref next, now), now);
            if (choice.IsNowhere)
            {
                if (task.Run is not null) MaySendBack(task, ref next, now, effects);
                continue;
            }

            _queue.TakeAgain(task.Task);
            var run = task.Run ?? _queue.Find(task.Task.Job)!.RunOf(task.Task.Index, task.RestoreFrom);
            Send(task.Task, task.Shape, task, run, choice, now, effects);
            left--;
        }
    }

    /// <summary>
    /// A guest has only this region, its owner has all of them: what no node here could ever hold goes back at once, what finds no room for a
    /// whole delegation lease goes back then, unless its input lies here.
    /// </summary>
    private void MaySendBack(WaitingTask guest, ref DateTimeOffset? next, Moment now, Effects effects)
    {
        var fitsNever = !CouldEverFitHere(guest.Shape);
        var until = guest.QueuedAt + _settings.DelegationLease;
        if (!fitsNever && (guest.Run!.Input?.IsFile() == true || now.At < until))
        {
            if (now.At < until && (next is null || until < next)) next = until;
            return;
        }

        var why = fitsNever
            ? $"None of the {_ledger.Nodes.Count} nodes of {_self} that it may use holds {Wording.Asked(guest.Shape.Demand)}."
            : $"It found no room in {_self} for {Wording.Seconds(now.At - guest.QueuedAt)}.";
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

    private void PlanFresh(QueuedJob job, ref int left, ref DateTimeOffset? next, Moment now, Effects effects)
    {
        foreach (var group in job.Groups)
        {
            if (group.Count == 0) continue;
            if (group.Group.Template.StartAfter is { } start && start > now.At)
            {
                if (next is null || start < next) next = start;
                continue;
            }

            for (var index = group.Next(0, Hopeless()); index >= 0 && left > 0; index = group.Next(index + 1, Hopeless()))
            {
                var shape = group.ShapeOf(index);
                var choice = Choose(shape, [], now);
                if (choice.IsNowhere) continue;
                Send(new TaskId(job.Job, index), shape, null, job.RunOf(index, null), choice, now, effects);
                left--;
            }
        }
    }

    private Choice Choose(TaskShape shape, ImmutableArray<RegionId> refusers, Moment now)
    {
        if (Hopeless().Contains(shape)) return Choice.Nowhere;
        var choice = _picker.Pick(shape, refusers, now.At);
        if (choice.IsNowhere && refusers.IsEmpty) _hopeless.Add(shape);
        return choice;
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

    private ImmutableArray<RegionId> Refusers(WaitingTask task, ref DateTimeOffset? next, Moment now)
    {
        if (task.Refusals.IsEmpty) return [];
        var refusers = ImmutableArray.CreateBuilder<RegionId>();
        foreach (var refusal in task.Refusals)
        {
            var isNews = refusal.Times == 1 && _peers.Find(refusal.Region)?.Changes > refusal.Changes;
            if (isNews || now.At >= refusal.Until) continue;
            refusers.Add(refusal.Region);
            if (next is null || refusal.Until < next) next = refusal.Until;
        }

        return refusers.ToImmutable();
    }

    private void Send(TaskId task, TaskShape shape, WaitingTask? before, RunSpec run, Choice choice, Moment now, Effects effects)
    {
        var isGuest = before?.Run is not null;
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
            Before = before,
        };
        _flights[task] = flight;
        if (choice.Node is { } node) _ledger.Offer(task, after, node.Id, shape.Demand.Capacity, choice.Devices);
        else choice.Region!.Delegate(shape.Demand, now.At);
        if (!isGuest) _queue.Find(task.Job)!.Move(task.Index, TaskPlace.InFlight);
        var order = new Dispatch(run, flight.Region, flight.Node, _row!.Epoch, flight.Order, after) { Devices = choice.Devices.OrEmpty() };
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
                if (flight.WaitsAgain) PutBack(flight, now.At, "", now, effects);
                break;
            case Refused { Code: RefusalCode.AlreadyEnded }:
                Settle(flight);
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
                Settle(flight);
                break;
            default:
                PutBack(flight, now.At + _settings.ResendLongest, Words(reply), now, effects);
                break;
        }
    }

    /// <summary>A task may also call an order stale; only a newer region epoch means that this activation was replaced.</summary>
    private static bool IsEpochOf(Stale stale) => stale.What.Contains("epoch", StringComparison.Ordinal);

    private void Settle(Flight flight)
    {
        EndFlight(flight.Task);
        _guests.Remove(flight.Task);
        if (_queue.Find(flight.Task.Job) is { } job && job.Has(flight.Task.Index)) job.Move(flight.Task.Index, TaskPlace.Settled);
    }

    /// <summary>Into the queue again, as it was.</summary>
    private void PutBack(Flight flight, DateTimeOffset notBefore, string why, Moment now, Effects effects)
    {
        if (flight.Node is { } node && flight.Region == _self) _ledger.Rest(node, now.At + _settings.HeartbeatEvery);
        EndFlight(flight.Task);
        var job = _queue.Find(flight.Task.Job);
        if (flight.Task.Owner == _self && (job is null || job.IsWithdrawn)) return;
        var waiting = flight.Before ?? new WaitingTask
        {
            Task = flight.Task,
            Shape = flight.Shape,
            Priority = job!.Spec.Priority,
            SubmittedAt = job.SubmittedAt,
            QueuedAt = now.At,
            LastAttempt = 0,
        };
        _queue.Put(waiting with { NotBefore = notBefore, Message = why, QueuedAt = now.At });
        PlanSoon(now, effects);
    }

    /// <summary>Takes a task out of flight and gives back what was counted for it.</summary>
    private void EndFlight(TaskId task)
    {
        _ledger.Unoffer(task);
        if (!_flights.Remove(task, out var flight) || flight.Region == _self) return;
        _peers.Find(flight.Region)?.TakeBack(flight.Shape.Demand);
        _peers.Freed();
    }

    private static string Words(Reply reply) => reply switch
    {
        Refused refused => refused.Text,
        Stale stale => $"stale {stale.What}: {stale.Given}, known {stale.Known}",
        _ => reply.GetType().Name,
    };
}
