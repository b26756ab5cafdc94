using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Orders: what is sent for a choice, what its answer means, and how a task leaves flight.</content>
public sealed partial class RegionMachine
{
    private long _order;

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
        var template = run.Template;
        if (run.Template.Deadline is { } deadline) run = run with { Template = run.Template with { TimeLimit = Earlier(run.Template.TimeLimit, deadline - now.At) } };
        var after = isGuest ? before!.LastAttempt - 1 : before?.LastAttempt ?? 0;
        var learns = Granted(asker.Learns, choice.Node, choice.Devices);
        var estimate = learns == asker.Learns ? asker.Estimate : _runTimes.Predict(learns, now.At);
        var flight = new Flight
        {
            Task = task,
            Shape = shape.Plain,
            Tenant = run.Tenant,
            Template = template,
            Region = choice.Region?.Region ?? _self,
            Node = choice.Node?.Id,
            After = after,
            Since = now.At,
            Order = ++_order,
            Given = (_row!.Epoch, _order),
            Before = before,
            Gang = run.Gang,
            Priority = run.Priority,
            Bound = learns == asker.Learns ? asker.Bound : BoundOf(run.Template, estimate),
            CheckpointEvery = run.Template.CheckpointEvery,
            Grace = run.Template.Grace,
            Preemptible = run.Template.Preemptible,
            Learns = learns,
        };
        _flights[task] = flight;
        if (flight.Region == _self) Charge(flight, asker.Queue);
        if (choice.Node is { } node) _ledger.Offer(task, after, node.Id, shape.Demand.Capacity, choice.Devices);
        else choice.Region!.Delegate(shape.Demand, now.At);
        Enter(flight);
        if (!isGuest) _queue.Find(task.Job)!.Move(task.Index, TaskPlace.InFlight);
        var order = new Dispatch(run, flight.Region, flight.Node, _row!.Epoch, flight.Order, after) { Devices = choice.Devices.OrEmpty(), ExpectedRun = estimate?.Median ?? run.Template.ExpectedRun };
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
                FindGrant(flight);
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
        _near.Leave(task);
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
