using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>What enters and leaves the queue. Every message may come twice, late, or before the one it follows.</content>
public sealed partial class RegionMachine
{
    /// <summary>Callers of one job that wait while the job is asked whether it lives; more are told to come again.</summary>
    private const int UnsureCalls = 8;

    private readonly Dictionary<JobId, (JobReady Ready, List<CallId> Calls)> _unsure = [];

    /// <remarks>
    /// A job that this activation should have found in the store, and did not, is over, or the message is an old one: the job is asked before
    /// anything of it is queued.
    /// </remarks>
    private void TakeReady(JobReady ready, CallId call, Moment now, Effects effects)
    {
        if (ready.Job.Owner != _self)
        {
            effects.Reply(call, new Refused(RefusalCode.NotOwner, $"Job {ready.Job} belongs to region {ready.Job.Owner}; this is {_self}."));
        }
        else if (_closed.IsClosed(ready.Job))
        {
            effects.Reply(call, Ack.Done);
        }
        else if (_queue.Find(ready.Job) is null && ready.SubmittedAt < _startedAt)
        {
            AskFirst(ready, call, effects);
        }
        else
        {
            Admit(ready, now, effects);
            effects.Reply(call, Ack.Done);
        }
    }

    /// <summary>Keeps one message of the job and the callers that repeat it; whoever says something else says it again afterwards.</summary>
    private void AskFirst(JobReady ready, CallId call, Effects effects)
    {
        if (!_unsure.TryGetValue(ready.Job, out var waiting))
        {
            _unsure.Add(ready.Job, (ready, [call]));
            effects.Send(Address.Of(ready.Job), new DescribeJob(ready.Job), SendMode.UntilAnswered);
        }
        else if (waiting.Calls.Count < UnsureCalls && waiting.Ready.Ranges.SequenceEqual(ready.Ranges))
        {
            waiting.Calls.Add(call);
        }
        else
        {
            effects.Reply(call, new Busy(_settings.ResendFirst));
        }
    }

    private void TakeJobDescription(JobId job, Reply reply, Moment now, Effects effects)
    {
        if (!_unsure.Remove(job, out var waiting)) return;
        effects.Save();
        var lives = reply is JobDescription { EndedAt: null };
        if (lives) Admit(waiting.Ready, now, effects);
        else _closed.Close(job);
        foreach (var call in waiting.Calls) effects.Reply(call, Ack.Done);
    }

    private void Admit(JobReady ready, Moment now, Effects effects)
    {
        var job = _queue.Find(ready.Job) ?? Add(ready);
        foreach (var range in ready.Ranges)
        {
            if (job.GroupNamed(range.Group) is not { } group) continue;
            var needs = group.Group.DependsOn.OrEmpty();
            if (!needs.IsEmpty && !ready.Upstream.IsDefaultOrEmpty) group.Upstream = [.. ready.Upstream.Where(u => needs.Contains(u.Group))];
            for (var index = range.First; index < range.First + range.Count; index++)
            {
                if (job.PlaceOf(index) == TaskPlace.NotReady) job.Move(index, job.IsWithdrawn ? TaskPlace.Withdrawn : TaskPlace.Fresh);
            }
        }

        PlanSoon(now, effects);
    }

    private QueuedJob Add(JobReady ready)
    {
        var job = _queue.Add(ready.Job, ready.Spec, ready.SubmittedAt);
        job.IsWithdrawn = _closed.WithdrawsAll(ready.Job);
        foreach (var index in _closed.WithdrawnOf(ready.Job).Where(job.Has)) job.Move(index, TaskPlace.Withdrawn);
        return job;
    }

    /// <summary>Takes out what was never dispatched; says what was.</summary>
    private Withdrawn TakeOut(Withdraw withdraw)
    {
        if (_queue.Find(withdraw.Job) is not { } job)
        {
            if (!_closed.IsClosed(withdraw.Job)) _closed.Withdraw(withdraw.Job, withdraw.Indexes);
            return new Withdrawn([]);
        }

        if (withdraw.Indexes is null) job.IsWithdrawn = true;
        var left = new List<int>();
        foreach (var index in withdraw.Indexes ?? Enumerable.Range(0, job.TaskCount))
        {
            if (job.Has(index) && TakeOut(job, index)) left.Add(index);
        }

        return new Withdrawn([.. left]);
    }

    /// <returns>True when the task has left the queue at some time: it has, or may have, a record of its own.</returns>
    private bool TakeOut(QueuedJob job, int index)
    {
        switch (job.PlaceOf(index))
        {
            case TaskPlace.NotReady or TaskPlace.Fresh or TaskPlace.Withdrawn:
                job.Move(index, TaskPlace.Withdrawn);
                return false;
            case TaskPlace.Again:
                _queue.TakeAgain(new TaskId(job.Job, index));
                job.Move(index, TaskPlace.Stopping);
                return true;
            default:
                return true;
        }
    }

    private Ack Forget(JobId id, Effects effects)
    {
        if (_queue.Find(id) is { } job)
        {
            for (var index = 0; index < job.TaskCount; index++)
            {
                if (job.PlaceOf(index) != TaskPlace.InFlight) continue;
                EndFlight(new TaskId(id, index), effects, isOver: true);
                _missed.Remove(new TaskId(id, index));
            }
        }

        foreach (var gang in _short.Keys.Where(gang => gang.Job == id).ToList()) _short.Remove(gang);
        _near.Forget(id);
        _queue.Remove(id);
        _closed.Close(id);
        return Ack.Done;
    }

    private Reply TakeWaits(TaskWaits waits, Moment now, Effects effects)
    {
        var task = waits.LastAttempt.Task;
        if (_unsure.ContainsKey(task.Job)) return new Busy(_settings.ResendFirst);
        if (_queue.Find(task.Job) is not { } job || !job.Has(task.Index) || IsWithdrawn(job, task.Index))
        {
            // Its job is over or being cancelled, and it was started all the same by an order that came late: nobody else will end it.
            _flights.TryGetValue(task, out var late);
            if (late is not null && late.After >= waits.LastAttempt.Number) return Ack.Done;
            EndFlight(task, effects, isOver: true);
            if (_queue.Find(task.Job) is { } cancelled && cancelled.Has(task.Index)) cancelled.Move(task.Index, TaskPlace.Stopping);
            effects.Send(Address.Of(task), new CancelTask(task, "Its job was cancelled or is over.", false), SendMode.UntilAnswered);
            return Ack.Done;
        }

        if (job.PlaceOf(task.Index) == TaskPlace.Settled) return Ack.Done;
        if (_queue.Find(task) is { } known && known.LastAttempt >= waits.LastAttempt.Number) return Ack.Done;
        ImmutableArray<Refusal> refusals = [];
        var putOff = waits.Cause == AttemptEndCause.Preempted ? 1 : 0;
        if (_flights.TryGetValue(task, out var flight))
        {
            if (waits.LastAttempt.Number <= flight.After || waits.LastAttempt.Number < flight.Attempt) return Ack.Done;
            if (waits.Cause == AttemptEndCause.NotStarted && flight.Node is { } node) _ledger.Rest(node, now.At + _settings.HeartbeatEvery);
            putOff += flight.Before?.TimesPutOff ?? 0;
            if (waits.Cause == AttemptEndCause.NotStarted) refusals = RefusalsAfter(flight, now);
            EndFlight(task, effects, $"ended as {waits.Cause}");
        }

        _queue.Put(new WaitingTask
        {
            Task = task,
            Shape = job.ShapeOf(task.Index),
            Queue = job.Spec.Queue,
            Priority = job.Spec.Priority,
            SubmittedAt = job.SubmittedAt,
            QueuedAt = now.At,
            LastAttempt = waits.LastAttempt.Number,
            NotBefore = waits.NotBefore,
            Cause = waits.Cause,
            Message = waits.Message,
            Retries = waits.Retries,
            RestoreFrom = waits.RestoreFrom,
            Refusals = refusals,
            TimesPutOff = putOff,
        });
        PlanSoon(now, effects);
        return Ack.Done;
    }

    private Ack TakeSettled(TaskSettled settled, Moment now, Effects effects)
    {
        var task = settled.Task;
        if (task.Owner != _self)
        {
            if (_guests.TryGetValue(task, out var guest) && settled.Attempt != 0 && settled.Attempt < guest.Attempt.Number) return Ack.Done;
            _guests.Remove(task);
        }

        if (settled.Ran is { } ran && _flights.GetValueOrDefault(task) is { Learns: { } learns }) _runTimes.Learn(learns, ran, now.At);
        _missed.Remove(task);
        _queue.TakeAgain(task);
        EndFlight(task, effects, isOver: true);
        if (_queue.Find(task.Job) is { } job && job.Has(task.Index))
        {
            job.Move(task.Index, TaskPlace.Settled);
            job.QuietSince = now.At;
            RecountSoon(now, effects);
        }

        PlanSoon(now, effects);
        return Ack.Done;
    }

    private Ack TakeRuns(TaskRuns runs)
    {
        if (_flights.TryGetValue(runs.Attempt.Task, out var flight) && runs.Attempt.Number > flight.After && runs.Attempt.Number >= flight.Attempt)
        {
            (flight.Attempt, flight.Phase, flight.Node, flight.StartedAt) = (runs.Attempt.Number, TaskPhase.Running, runs.Node, runs.StartedAt);
            if (_near.IsOn && flight.Region == _self && _near.NodeOf(flight.Task)?.Id != runs.Node) Enter(flight);
        }

        return Ack.Done;
    }

    /// <remarks>
    /// A guest waits under one attempt number however often a node here refuses it: the order that it went back from tells a late repeat from news. To
    /// take a repeat for news would give back what a running guest holds of its queue's quota.
    /// </remarks>
    private Ack TakeGuest(GuestWaits waits, Moment now, Effects effects)
    {
        var task = waits.Attempt.Task;
        if (task.Owner == _self || (_guests.TryGetValue(task, out var known) && known.Attempt.Number > waits.Attempt.Number)) return Ack.Done;
        if (_queue.Find(task) is { } queued && queued.LastAttempt == waits.Attempt.Number) return Ack.Done;
        if (_flights.TryGetValue(task, out var flight) && flight.After + 1 == waits.Attempt.Number)
        {
            if ((waits.RegionEpoch, waits.Order).CompareTo(flight.Given) < 0) return Ack.Done;
            if (flight.Node is { } node) _ledger.Rest(node, now.At + _settings.HeartbeatEvery);
        }

        EndFlight(task, effects, "found its node taken");
        _guests[task] = new Guest(waits.Attempt, waits.Run);
        _queue.Put(WaitingGuest(waits.Attempt, waits.Run, now));
        PlanSoon(now, effects);
        return Ack.Done;
    }

    private WaitingTask WaitingGuest(AttemptId attempt, RunSpec run, Moment now) => new()
    {
        Task = attempt.Task,
        Shape = TaskShape.OfGuest(run.Template, _self),
        Queue = run.Queue,
        Priority = run.Priority,
        SubmittedAt = run.SubmittedAt,
        QueuedAt = now.At,
        LastAttempt = attempt.Number,
        Run = run,
    };

    private static bool IsWithdrawn(QueuedJob job, int index) =>
        job.IsWithdrawn || job.PlaceOf(index) is TaskPlace.Withdrawn or TaskPlace.Stopping;
}
