using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>
/// Orders of the activation before that were under way while this one read the store: a task may take them, and its node grant them, without a trace
/// in what was read. They would count on no quota. So each node hears of this epoch, and says what it holds, before anything is planned.
/// </content>
public sealed partial class RegionMachine
{
    private readonly SortedSet<NodeId> _unfenced = [];
    private int _fences;

    /// <summary>A node whose record cannot even start grants nothing either: it does not hold up the others for longer.</summary>
    private DateTimeOffset FenceUntil => _startedAt + _settings.NodeLease + _settings.LeaseMargin;

    private void Fence(Moment now, Effects effects)
    {
        foreach (var node in _ledger.Nodes)
        {
            _unfenced.Add(node.Id);
            effects.Send(Address.Of(node.Id), new FenceNode(node.Id, _row!.Epoch), SendMode.UntilAnswered);
        }

        _fences = _unfenced.Count;
        if (_fences > 0) effects.WakeAt(FenceUntil);
    }

    private bool IsFenced(Moment now, Effects effects)
    {
        if (_unfenced.Count == 0) return true;
        if (now.At >= FenceUntil)
        {
            _unfenced.Clear();
            return true;
        }

        _planAt = FenceUntil;
        return false;
    }

    private void TakeFence(FenceNode sent, Reply reply, Moment now, Effects effects)
    {
        if (reply is Stale stale && stale.Known > sent.RegionEpoch.Value && sent.RegionEpoch == _row!.Epoch) _standing = Standing.Replaced;
        if (!_unfenced.Remove(sent.Node)) return;
        if (reply is NodeFenced fenced)
        {
            foreach (var held in fenced.Holds) Adopt(held, sent.Node, now, effects);
        }

        if (_unfenced.Count == 0) PlanSoon(now, effects);
    }

    /// <summary>
    /// An attempt that runs by an order of which this activation has heard nothing: it is in flight, not in the queue. Of a member of a gang nobody
    /// knows whether the others were ordered too: it ends, and starts again with them.
    /// </summary>
    private void Adopt(Held held, NodeId node, Moment now, Effects effects)
    {
        var task = held.Attempt.Task;
        if (_flights.ContainsKey(task)) return;
        var waiting = _queue.Find(task);
        if (waiting?.Run is { } run)
        {
            if (waiting.LastAttempt != held.Attempt.Number) return;
            _queue.TakeAgain(task);
            Adopt(held, node, waiting, run.Tenant, run.Template, run.Priority, RunTimeKey.Of(RunTimeKey.ClassOf(run), run.Template.Demand), run.Queue, run.Gang, now);
        }
        else if (task.Owner == _self && _queue.Find(task.Job) is { } job && job.Has(task.Index) && (waiting is null ? job.PlaceOf(task.Index) == TaskPlace.Fresh : waiting.LastAttempt < held.Attempt.Number))
        {
            var group = job.GroupOf(task.Index);
            if (waiting is not null) _queue.TakeAgain(task);
            job.Move(task.Index, TaskPlace.InFlight);
            Adopt(held, node, waiting, job.Spec.Tenant, group.Group.Template, job.Spec.Priority, group.Learns, job.Spec.Queue, null, now);
            if (!group.Group.Template.IsGang) return;
            effects.Send(Address.Of(task, _self), new StopMember(held.Attempt, "Stopped to start again with its gang: the region was started anew while it was ordered."), SendMode.UntilAnswered);
        }
    }

    private void Adopt(Held held, NodeId node, WaitingTask? before, TenantId tenant, TaskTemplate template, int priority, RunTimeKey learns, string queue, GangRun? gang, Moment now) => Restore(
        new Flight
        {
            Task = held.Attempt.Task,
            Shape = before?.Shape ?? _queue.Find(held.Attempt.Task.Job)!.ShapeOf(held.Attempt.Task.Index),
            Tenant = tenant,
            Template = template,
            Region = _self,
            Node = node,
            After = held.Attempt.Number - 1,
            Attempt = held.Attempt.Number,
            Since = now.At,
            Gang = gang,
            Given = (Epoch.None, 0),        // whatever comes of it is news
            Before = before,
            Priority = priority,
            Bound = BoundOf(template, _runTimes.Predict(learns, now.At)),
            CheckpointEvery = template.CheckpointEvery,
            Grace = template.Grace,
            Preemptible = template.Preemptible,
            Learns = learns,
        },
        queue,
        held.Devices,
        now);

    /// <summary>Why nothing is placed yet; null when every node has answered.</summary>
    private Verdict? WaitsForFences(Moment now) => _unfenced.Count == 0 ? null : new(
        PendingReason.NotYetEvaluated,
        $"region {_self} started {Wording.Seconds(now.At - _startedAt)} ago with epoch {_row!.Epoch}; {_fences - _unfenced.Count} of {Wording.Count(_fences, "node")} have said what they hold, "
        + $"{Wording.Count(_unfenced.Count, "node")} not yet: {string.Join(", ", _unfenced.Take(3))}",
        $"wait, at most until {Wording.Time(FenceUntil)}");
}
