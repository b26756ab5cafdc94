using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Queueing.Reserving;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>Questions: what the region sees, and why a task is where it is. Nothing here changes anything.</content>
public sealed partial class RegionMachine
{
    /// <summary>Tasks one question may name.</summary>
    private const int OverlayLimit = 500;

    private RegionView View(Moment now) => new(
        Summarise(now),
        [
            .. _ledger.Nodes.Select(n => new NodeView(n.Id, n.Phase, n.Total, n.Taken, n.Attempts, n.LastBeat, n.Spec?.AgentVersion ?? "")
            {
                Devices = [.. n.Devices.Told.ToArray().Select(d => d.View)],
                DriverVersion = n.Spec?.DriverVersion,
                CudaVersion = n.Spec?.CudaVersion,
                Isolation = n.Spec?.Isolation ?? IsolationAbilities.None,
                DevicesFault = n.Spec?.DevicesFault,
                Labels = n.Spec?.Labels ?? ImmutableSortedDictionary<string, string>.Empty,
                Taints = n.Spec is { Taints.IsDefault: false } spec ? spec.Taints : [],
            }),
        ],
        [.. _peers.Known.Select(p => new PeerView(p.Region, p.Summary, p.WasHeard ? p.HeardAt : null))])
    {
        Queues = _desk.Views,
    };

    private Reply Overlay(AskOverlay ask, Moment now)
    {
        if (ask.Tasks.Length > OverlayLimit)
        {
            return new Refused(RefusalCode.LimitReached, $"Asked for {ask.Tasks.Length} tasks; the limit is {OverlayLimit}.", "Ask in pages.");
        }

        var judged = new Dictionary<(TaskShape, string), Verdict>();
        var overlays = ImmutableArray.CreateBuilder<Overlay>();
        foreach (var task in ask.Tasks)
        {
            if (_flights.TryGetValue(task, out var flight))
            {
                var (phase, wait) = (PhaseOf(flight), Elsewhere(flight, now));
                overlays.Add(new Overlay(task, phase, flight.Attempt, flight.Region, flight.Node, wait?.Reason, wait?.Evidence, flight.StartedAt));
            }
            else if (PendingShape(task) is { } shape)
            {
                var waiting = _queue.Find(task);
                var verdict = Held(task, waiting, now) ?? OfGang(task, waiting, now) ?? Judge(shape, task, judged, now);
                overlays.Add(new Overlay(task, TaskPhase.Pending, waiting?.LastAttempt ?? 0, null, null, verdict.Reason, verdict.Evidence, null));
            }
        }

        return new Overlays(overlays.ToImmutable());
    }

    private Reply Explain(TaskId task, Moment now)
    {
        if (_flights.TryGetValue(task, out var flight)) return new Explained(InFlight(flight, now));
        if (PendingShape(task) is { } shape)
        {
            var waiting = _queue.Find(task);
            if (_rooms.Count > 0 && RoomVerdict(task, now) is { } made && Held(task, waiting, now) is null) return new Explained(WithRoom(task, shape, made, now));
            var start = StartOf(shape, task, null, now);
            var (dominant, regions) = Explainer.Judge(shape, _self, _ledger, _peers, now.At, QuotaVerdict(shape, QueueOf(task)), () => start?.Expected);
            var verdict = (IsNeverAnywhere(shape, dominant) ? dominant : null) ?? Held(task, waiting, now) ?? OfGang(task, waiting, now) ?? OnItsWay(dominant, now);
            var key = waiting?.Key ?? _queue.Find(task.Job)!.Key;
            var queue = QueueOf(task);
            var position = _queue.PositionOf(task, queue, key);
            var evidence = verdict.Reason == PendingReason.BehindInQueue && position is { } at
                ? $"{verdict.Evidence}; position {at} of {_queue.CountOf(queue)} in queue {queue}, {LastPass(now)}"
                : verdict.Evidence;
            return new Explained(new Explanation(
                task, TaskPhase.Pending, verdict.Reason, evidence, Next(task, verdict, now), regions, position, _lastPass?.At ?? now.At)
            {
                Start = verdict == dominant && Explainer.IsForGood(dominant.Reason) ? null : NotBefore(start, waiting?.NotBefore ?? _queue.Find(task.Job)?.GroupOf(task.Index).Group.Template.StartAfter),
            });
        }

        if (_missed.Contains(task))
        {
            return new Explained(new Explanation(task, TaskPhase.Stopping, null, "its deadline passed before it started: it ends as timed out", [], [], null, now.At));
        }

        if (_queue.Find(task.Job) is { } job && job.Has(task.Index) && IsWithdrawn(job, task.Index))
        {
            var place = job.PlaceOf(task.Index);
            return new Explained(new Explanation(
                task,
                place == TaskPlace.Stopping ? TaskPhase.Stopping : TaskPhase.Cancelled,
                null,
                place == TaskPlace.Stopping ? "its job is being cancelled" : "cancelled before it was dispatched",
                [],
                [],
                null,
                now.At));
        }

        return new Refused(
            RefusalCode.NotFound, $"Task {task} neither waits nor runs by the order of region {_self}.", "Maybe it has ended: its record tells.");
    }

    /// <summary>With which change it would start now, where one would help; then what else can be done.</summary>
    private ImmutableArray<string> Next(TaskId task, Verdict verdict, Moment now) =>
        verdict.Reason is PendingReason.InsufficientCapacity or PendingReason.Fragmented or PendingReason.Unsatisfiable or PendingReason.QuotaExceeded or PendingReason.NoEligibleNode
            or PendingReason.RegionNotAllowed or PendingReason.RegionUnreachable or PendingReason.GangIncomplete or PendingReason.SpreadImpossible or PendingReason.Misconfigured
            ? [.. Advice(task, now), .. verdict.Next]
            : [.. verdict.Next];

    /// <summary>What is being done for it comes first; what stands in its way in each region is told as always.</summary>
    private Explanation WithRoom(TaskId task, TaskShape shape, Verdict made, Moment now)
    {
        var start = StartOf(shape, task, null, now);
        var (dominant, regions) = WithoutHold(RoomOf(task), () => Explainer.Judge(shape, _self, _ledger, _peers, now.At, QuotaVerdict(shape, QueueOf(task)), () => start?.Expected));
        if (made.Reason != PendingReason.WaitingForVictims && OfGang(task, _queue.Find(task), now) is { } gang) dominant = gang with { Next = made.Next };
        if (dominant.Reason == PendingReason.GangIncomplete) made = made with { Reason = PendingReason.GangIncomplete };
        var key = _queue.Find(task)?.Key ?? _queue.Find(task.Job)!.Key;
        var evidence = made.Reason == dominant.Reason ? $"{dominant.Evidence}; {made.Evidence}" : made.Evidence;
        return new Explanation(
            task, TaskPhase.Pending, made.Reason, evidence, Next(task, made, now), regions, _queue.PositionOf(task, QueueOf(task), key), _lastPass?.At ?? now.At)
        {
            Start = start,
        };
    }

    /// <summary>What is seen by somebody for whom room is kept: nodes that nobody else holds are not held back from it.</summary>
    private T WithoutHold<T>(Reservation? room, Func<T> look)
    {
        var open = room is null ? [] : _ledger.Nodes.Where(n => n.HeldFor is not null && room.CountOn(n.Number) > 0 && _rooms.HoldersOn(n.Number).Count == 1).Select(n => (Node: n, n.HeldFor)).ToList();
        foreach (var (node, _) in open) node.HeldFor = null;
        try
        {
            return look();
        }
        finally
        {
            foreach (var (node, heldFor) in open) node.HeldFor = heldFor;
        }
    }

    private Explanation InFlight(Flight flight, Moment now)
    {
        if (Elsewhere(flight, now) is { } wait)
        {
            return new Explanation(flight.Task, PhaseOf(flight), wait.Reason, wait.Evidence, [.. wait.Next], [], null, now.At);
        }

        var attempt = flight.Attempt == 0 ? "an attempt" : $"attempt {flight.Attempt}";
        var since = Wording.Seconds(now.At - flight.Since);
        var where = flight.Region == _self ? $"{flight.Node}" : $"region {flight.Region}{(flight.Node is { } node ? $" ({node})" : "")}";
        var words = flight.StartedAt is { } started
            ? $"{attempt} runs on {where} for {Wording.Seconds(now.At - started)}"
            : flight.Region == _self ? $"{attempt} was placed on {where} {since} ago" : $"{attempt} was delegated to {where} {since} ago";
        return new Explanation(flight.Task, flight.Phase, null, words, [], [], null, now.At);
    }

    /// <summary>True while another region has the task and nobody has said here that it started.</summary>
    private bool IsUnstartedElsewhere(Flight flight) =>
        flight.Region != _self && flight.StartedAt is null && flight.Phase is (TaskPhase.Pending or TaskPhase.Leased or TaskPhase.Starting);

    /// <summary>What is delegated waits like anything else until it starts. Of what was found in the store it is not known: its start is not written.</summary>
    private TaskPhase PhaseOf(Flight flight) => IsUnstartedElsewhere(flight) && flight.Order != 0 ? TaskPhase.Pending : flight.Phase;

    /// <summary>Why a delegated task has not started, as far as this region can know; the other one knows better.</summary>
    private Verdict? Elsewhere(Flight flight, Moment now)
    {
        if (!IsUnstartedElsewhere(flight)) return null;
        var delegated = $"delegated to region {flight.Region} {Wording.Seconds(now.At - flight.Since)} ago";
        if (flight.TakenBack)
        {
            return new(PendingReason.RegionUnreachable, $"{delegated}, which has been silent too long: it is being taken back", "wait: it is placed again");
        }

        return flight.Order == 0
            ? new(PendingReason.NotYetEvaluated, $"{delegated}, before this region started; {flight.Region} knows whether it runs", $"ask region {flight.Region}")
            : new(PendingReason.BehindInQueue, $"{delegated}, waits in its queue", $"look at region {flight.Region}");
    }

    /// <summary>The shape of a task that waits here; null when it does not.</summary>
    private TaskShape? PendingShape(TaskId task)
    {
        if (_queue.Find(task) is { } waiting) return Among(waiting);
        return _queue.Find(task.Job) is { } job && job.Has(task.Index) && job.PlaceOf(task.Index) is TaskPlace.Fresh or TaskPlace.NotReady
            ? Among(job.ShapeOf(task.Index), job.Spec.Tenant, job.Job, job.GroupOf(task.Index).Group.Template)
            : null;
    }

    /// <summary>Tasks of one shape in one queue have one verdict.</summary>
    private Verdict Judge(TaskShape shape, TaskId task, Dictionary<(TaskShape, string), Verdict> judged, Moment now)
    {
        var queue = QueueOf(task);
        if (judged.TryGetValue((shape, queue), out var known)) return known;
        var (dominant, _) = Explainer.Judge(shape, _self, _ledger, _peers, now.At, QuotaVerdict(shape, queue), () => StartOf(shape, task, null, now)?.Expected);
        return judged[(shape, queue)] = OnItsWay(dominant, now);
    }

    /// <summary>No region could ever run it, and nothing that is not known yet could change that: this comes before whatever else holds it up.</summary>
    private bool IsNeverAnywhere(TaskShape shape, Verdict dominant) =>
        dominant.Reason == PendingReason.Unsatisfiable && _standing == Standing.Confirmed && _unfenced.Count == 0 && !IsInDoubt(shape);

    private string QueueOf(TaskId task) => _queue.Find(task)?.Queue ?? _queue.Find(task.Job)?.Spec.Queue ?? QueueSettings.DefaultName;

    /// <summary>What the quotas of this region say; null when they let it start.</summary>
    private Verdict? QuotaVerdict(TaskShape shape, string queue) =>
        _desk.Find(queue) is var number and >= 0 ? QuotaWords.Judge(_desk, number, _desk.AmountsOf(shape), _self) : null;

    /// <summary>Reasons of the task itself; null when only the regions decide.</summary>
    private Verdict? Held(TaskId task, WaitingTask? waiting, Moment now)
    {
        var job = _queue.Find(task.Job);
        if (NoSuchQueue(QueueOf(task)) is { } unknown) return unknown;
        if (waiting is null && job?.GroupOf(task.Index).Group.Template.StartAfter is { } start && start > now.At)
        {
            return new(PendingReason.NotBefore, $"starts at {Wording.Time(start)}, in {Wording.Seconds(start - now.At)}", "wait, or submit it without a start time");
        }

        if (job?.PlaceOf(task.Index) == TaskPlace.NotReady) return WaitsForGroups(job, task.Index);
        if (_standing == Standing.Replaced)
        {
            return new(
                PendingReason.NotYetEvaluated,
                $"this activation of region {_self} has epoch {_row!.Epoch} and was replaced by a newer one, which plans",
                "ask again in a second");
        }

        if (_standing == Standing.Claiming)
        {
            return new(
                PendingReason.NotYetEvaluated,
                $"region {_self} started {Wording.Seconds(now.At - _startedAt)} ago with epoch {_row!.Epoch}; its seat has not answered yet",
                "wait for the seat: without its promise nothing is placed");
        }

        if (WaitsForFences(now) is { } fences) return fences;
        if (waiting is not null && waiting.NotBefore > now.At)
        {
            return new(
                PendingReason.BackingOff,
                $"attempt {waiting.LastAttempt} ended as {waiting.Cause?.ToString() ?? "refused"}{(waiting.Message.Length > 0 ? $": {waiting.Message}" : "")}; "
                + $"{Wording.Count(waiting.Retries, "retry").Replace("retrys", "retries", StringComparison.Ordinal)} counted, {Wording.Seconds(waiting.NotBefore - now.At)} left",
                $"wait until {Wording.Time(waiting.NotBefore)}");
        }

        if (waiting?.Run is not null && !_peers.MayStartFor(task.Owner, now.At))
        {
            var owner = _peers.Find(task.Owner);
            return new(
                PendingReason.RegionUnreachable,
                owner is { WasAcked: true }
                    ? $"its owner {task.Owner} answered last {Wording.Seconds(now.At - owner.AckedAt)} ago; limit {Wording.Seconds(_settings.DelegationLease)}"
                    : $"its owner {task.Owner} has not answered since this region started {Wording.Seconds(now.At - _startedAt)} ago",
                "wait for contact: the owner takes it back otherwise");
        }

        return null;
    }

    private Verdict? NoSuchQueue(string queue) => _desk.Find(queue) >= 0 ? null : new(
        PendingReason.Misconfigured,
        $"region {_self} has no queue {queue}; it has {Wording.Count(_desk.Tree.Queues.Count(), "queue")}: {_desk.Names}",
        "submit it to one of these, or configure the queue");

    private static Verdict WaitsForGroups(QueuedJob job, int index)
    {
        var waiting = job.GroupOf(index);
        var group = waiting.Group;
        var waits = new List<string>();
        foreach (var name in group.DependsOn.IsDefault ? [] : group.DependsOn)
        {
            if (job.GroupNamed(name) is not { } before) continue;
            var ended = 0;
            for (var i = before.Group.First; i < before.Group.End; i++)
            {
                if (job.PlaceOf(i) is TaskPlace.Settled or TaskPlace.Withdrawn) ended++;
            }

            waits.Add($"{name}: {ended} of {Wording.Count(before.Group.Count, "task")} ended");
        }

        return new(PendingReason.WaitingForDependency, $"{waiting.Name} starts after {string.Join(", ", waits)}", "look at the tasks it waits for");
    }

    /// <summary>What fits now is behind others, unless nobody has looked yet.</summary>
    private Verdict OnItsWay(Verdict dominant, Moment now) =>
        dominant.Reason == PendingReason.BehindInQueue && _lastPass is null
            ? new(PendingReason.NotYetEvaluated, $"{dominant.Evidence}; {LastPass(now)}", "wait for the next pass")
            : dominant;

    private string LastPass(Moment now) => _lastPass is { } pass
        ? $"last pass {Wording.Seconds(now.At - pass.At)} ago placed {pass.Placed}{(pass.HitLimit ? $" (limit {_settings.AssignmentsPerPass})" : "")}"
        : $"no pass since the region started {Wording.Seconds(now.At - _startedAt)} ago";
}
