using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Planning: the queues by their shares, each in its order, each shape that fits nowhere tried once, and what becomes of the orders.</content>
public sealed partial class RegionMachine
{
    private readonly HashSet<TaskShape> _hopeless = [];
    private readonly Dictionary<TaskShape, bool> _everFits = [];
    private readonly SortedDictionary<int, IEnumerator<TaskId>> _turns = [];
    private int _left;
    private DateTimeOffset? _next;
    private (long Nodes, long Peers) _hopelessSince;
    private DateTimeOffset? _planAt;
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
        BeginCounting();
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
        _planAt = _left == 0 || HaveNeighboursMoved ? now.At : _next;
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
        var shape = Among(task);
        var choice = Choose(shape, asker, Refusers(task, now), now, effects);
        if (choice.IsNowhere)
        {
            if (task.Run is not null) MaySendBack(task, queue, now, effects);
            return false;
        }

        _queue.TakeAgain(task.Task);
        var run = task.Run ?? _queue.Find(task.Task.Job)!.RunOf(task.Task.Index, task.RestoreFrom);
        Send(shape, task, run, choice, asker, now, effects);
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

        var shape = Among(group.ShapeOf(index), job.Spec.Tenant, job.Job, group.Group.Template);
        var estimate = EstimateOf(group, now);
        var since = group.Group.Template.StartAfter is { } start && start > job.SubmittedAt ? start : job.SubmittedAt;
        var asker = new Asker(new TaskId(job.Job, index), queue, job.Spec.Priority, group.Learns, estimate, BoundOf(group.Group.Template, estimate), since, false);
        var choice = Choose(shape, asker, [], now, effects);
        if (choice.IsNowhere)
        {
            skip.Add(shape.Plain);        // within a pass nothing becomes free
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

    /// <remarks>Where the queue has no quota left here, other regions may still take it: they have quotas of their own.</remarks>
    private Choice Choose(TaskShape shape, Asker asker, ImmutableArray<RegionId> refusers, Moment now, Effects effects)
    {
        var hasQuota = _desk.Quotas.Shortage(asker.Queue, _desk.AmountsOf(shape)) < 0;
        var choice = Choice.Nowhere;
        if (!HopelessLike(shape).Contains(shape))
        {
            choice = _picker.Pick(shape, refusers, now.At, hasQuota);
            if (choice.IsNowhere && refusers.IsEmpty && hasQuota) HopelessLike(shape).Add(shape);
            if (MustKeepApart(choice)) choice = PassBy(choice, shape, asker, now, refusers, hasQuota);
        }

        if (choice.IsNowhere && hasQuota) choice = ChooseHeld(shape, asker, now);
        if (choice.IsNowhere) MissAmong(shape);
        if (choice.IsNowhere) AskForRoom(shape, asker, hasQuota, now, effects);
        else LeaveRoom(asker.Task);
        return choice;
    }

    private static bool HasLostItsPlace(WaitingTask task) => task.Cause is AttemptEndCause.NodeLost or AttemptEndCause.LeaseExpired or AttemptEndCause.DeviceFault;

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
}
