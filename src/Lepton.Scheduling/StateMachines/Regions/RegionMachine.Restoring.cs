using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>The start of an activation: everything is read from the rows of jobs, tasks, guests and nodes.</content>
public sealed partial class RegionMachine
{
    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        _startedAt = now.At;
        var before = (RegionRow?)own;
        _row = new RegionRow { Region = _self, Epoch = (before?.Epoch ?? Epoch.None).Next() };
        effects.Save();
        effects.Send(Address.Seat(_self), new ClaimOwnership(_self, _row.Epoch), SendMode.UntilAnswered);
        _peers.Restart(now.At);
        foreach (var node in scanned.OfType<NodeRow>()) _ledger.Load(node);
        var tasks = scanned.OfType<TaskRow>().ToLookup(t => t.Task.Job);
        LearnFrom(scanned.OfType<TaskRow>().Where(t => t.Phase == TaskPhase.Succeeded).OrderBy(t => t.EndedAt), scanned.OfType<JobRow>().ToDictionary(j => j.Job, j => j.Spec));
        foreach (var job in scanned.OfType<JobRow>().Where(j => j.EndedAt is null)) RestoreJob(job, [.. tasks[job.Job]], now);
        foreach (var guest in scanned.OfType<GuestRow>()) RestoreGuest(guest, now);
        BreakWhatWasCut(effects);
        Fence(now, effects);
    }

    /// <summary>Run times of tasks that completed, as long as their records are kept. What they asked is in the records of their jobs.</summary>
    private void LearnFrom(IEnumerable<TaskRow> ended, Dictionary<JobId, JobSpec> jobs)
    {
        var keys = new Dictionary<TaskTemplate, RunTimeKey>(ReferenceEqualityComparer.Instance);      // one for each group: a key is text
        foreach (var row in ended)
        {
            if (row.Class.Length == 0 || row.Current is not { End: { StartedAt: { } started } end } attempt || end.EndedAt <= started) continue;
            var learns = new RunTimeKey(row.Class, "", row.Class);
            if (jobs.TryGetValue(row.Task.Job, out var spec) && row.Task.Index < spec.TaskCount && spec.GroupOf(row.Task.Index).Template is var template && !keys.TryGetValue(template, out learns))
            {
                keys.Add(template, learns = RunTimeKey.Of(row.Class, template.Demand));
            }

            _runTimes.Learn(Granted(learns, attempt.Node is { } node ? _ledger.Find(node) : null, attempt.Devices), end.EndedAt - started, end.EndedAt);
        }
    }

    private void RestoreJob(JobRow row, IReadOnlyList<TaskRow> tasks, Moment now)
    {
        var progress = JobProgress.Of(row.Spec, tasks);
        var job = _queue.Add(row.Job, row.Spec, row.SubmittedAt);
        job.IsWithdrawn = row.CancelAsked;
        job.QuietSince = now.At;
        foreach (var index in row.CancelledIndexes.OrEmpty()) job.Move(index, TaskPlace.Withdrawn);
        foreach (var group in job.Groups.Where(g => progress.IsReady(g.Name))) group.Upstream = progress.UpstreamOf([group.Group]);
        foreach (var task in tasks) RestoreTask(job, task, now);        // after what they read is known: it draws them to where it lies
        foreach (var group in job.Groups)
        {
            if (!progress.IsReady(group.Name) && !job.IsWithdrawn) continue;
            for (var index = group.Group.First; index < group.Group.End; index++)
            {
                if (job.PlaceOf(index) == TaskPlace.NotReady) job.Move(index, job.IsWithdrawn ? TaskPlace.Withdrawn : TaskPlace.Fresh);
            }
        }
    }

    private void RestoreTask(QueuedJob job, TaskRow row, Moment now)
    {
        var index = row.Task.Index;
        if (row.Phase.IsTerminal())
        {
            job.Move(index, TaskPlace.Settled);
        }
        else if (row is { Phase: not TaskPhase.Pending, Current: { End: null } current })
        {
            job.Move(index, TaskPlace.InFlight);
            Restore(new Flight
            {
                Task = row.Task,
                Shape = job.ShapeOf(index),
                Tenant = job.Spec.Tenant,
                Template = job.GroupOf(index).Group.Template,
                Region = current.Region,
                Node = current.Node,
                After = current.Number - 1,
                Attempt = current.Number,
                Since = current.LeasedAt,
                Phase = row.Phase,
                Gang = row.Run?.Gang,
                Given = (row.RegionEpoch, row.Order),
                Priority = job.Spec.Priority,
                Bound = BoundOf(job.GroupOf(index).Group.Template, _runTimes.Predict(job.GroupOf(index).Learns, now.At)),
                CheckpointEvery = job.GroupOf(index).Group.Template.CheckpointEvery,
                Grace = job.GroupOf(index).Group.Template.Grace,
                Preemptible = job.GroupOf(index).Group.Template.Preemptible,
                Learns = job.GroupOf(index).Learns,
            }, job.Spec.Queue, current.Devices, now);
        }
        else if (IsWithdrawn(job, index))
        {
            job.Move(index, TaskPlace.Stopping);
        }
        else
        {
            _queue.Put(new WaitingTask
            {
                Task = row.Task,
                Shape = job.ShapeOf(index),
                Queue = job.Spec.Queue,
                Priority = job.Spec.Priority,
                SubmittedAt = job.SubmittedAt,
                QueuedAt = now.At,
                LastAttempt = row.Attempt,
                NotBefore = row.NotBefore,
                Cause = row.Current?.End?.Cause,
                Message = row.Message,
                Retries = row.Retries,
                RestoreFrom = row.NewestCheckpoint(),
                TimesPutOff = row.Attempts.Count(a => a.End?.Cause == AttemptEndCause.Preempted),
            });
        }
    }

    private void RestoreGuest(GuestRow row, Moment now)
    {
        if (row.Run is null || row.Phase is not (GuestPhase.Waiting or GuestPhase.Leased)) return;
        _peers.Meet(row.Attempt.Task.Owner, now.At);
        _guests[row.Attempt.Task] = new Guest(row.Attempt, row.Run);
        if (row is { Phase: GuestPhase.Leased, Node: { } node })
        {
            Restore(new Flight
            {
                Task = row.Attempt.Task,
                Shape = TaskShape.OfGuest(row.Run.Template, _self),
                Tenant = row.Run.Tenant,
                Template = row.Run.Template,
                Region = _self,
                Node = node,
                After = row.Attempt.Number - 1,
                Attempt = row.Attempt.Number,
                Since = row.AcceptedAt,
                Gang = row.Run.Gang,
                Given = (row.RegionEpoch, row.Order),
                Priority = row.Run.Priority,
                Bound = BoundOf(row.Run.Template, null),
                CheckpointEvery = row.Run.Template.CheckpointEvery,
                Grace = row.Run.Template.Grace,
                Preemptible = row.Run.Template.Preemptible,
                Learns = RunTimeKey.Of(RunTimeKey.ClassOf(row.Run), row.Run.Template.Demand),
            }, row.Run.Queue, row.Devices, now);
        }
        else
        {
            _queue.Put(WaitingGuest(row.Attempt, row.Run, now));
        }
    }

    /// <summary>Counts what was found in flight. A node that does not hold the attempt yet may still be offered it.</summary>
    private void Restore(Flight flight, string queue, ImmutableArray<DeviceGrant> devices, Moment now)
    {
        _flights[flight.Task] = flight;
        if (flight is { Learns: { } learns, Node: { } on }) flight.Learns = Granted(learns, _ledger.Find(on), devices);
        if (flight.Region == _self) Charge(flight, _desk.Find(queue));
        if (flight.Region != _self)
        {
            _peers.Meet(flight.Region, now.At).Recall(flight.Shape.Demand);
        }
        else if (flight.Node is { } node && _ledger.Find(node)?.Held.ContainsKey(new AttemptId(flight.Task, flight.Attempt)) != true)
        {
            _ledger.Offer(flight.Task, flight.After, node, flight.Shape.Demand.Capacity, devices);
        }

        if (_near.IsOn || !Neighbourhood.HasRules(flight.Template)) Enter(flight);
        else StartCounting();
    }
}
