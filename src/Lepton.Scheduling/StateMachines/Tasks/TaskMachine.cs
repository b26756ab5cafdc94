using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <summary>
/// A task in its owner region: its attempts and its single terminal outcome. Two writes for a task that simply runs: dispatched, ended.
/// </summary>
/// <remarks>
/// At most one attempt is live; only its end counts. Whatever ends an attempt also drops what is still owed for it. A stop is sent only once
/// the offer was answered: before that the receiver could not know the attempt, and a stop that overtakes its offer would be lost.
/// </remarks>
public sealed partial class TaskMachine(TaskId task, RegionId self, RegionSettings settings) : IStateMachine
{
    private TaskRow? _row;

    /// <summary>Leased, Starting, Running or Stopping: how far the live attempt is. Never stored.</summary>
    private TaskPhase _live = TaskPhase.Leased;

    /// <summary>The offer of the live attempt was accepted, as far as this activation knows.</summary>
    private bool _placed;

    /// <summary>The live attempt is older than this activation: its offer may have been answered before.</summary>
    private bool _restored;

    private bool _force;

    private readonly GangGate _gate = new();

    /// <summary>A stop that must wait until the offer was answered; null: none. A broken gang, never a wish of people.</summary>
    private bool _stopMember;

    public Address Self { get; } = Address.Of(task, self);

    public string RowKey { get; } = TaskRow.KeyOf(task);

    public ImmutableArray<RowScan> Scans(Row? own) => [];

    public Row? Row => _row;

    private bool IsLive => _row is { Phase: var phase, Current.End: null } && !phase.IsTerminal();

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        _row = (TaskRow?)own;
        _restored = IsLive;
        _beganOver = _row is { Phase: var phase } && phase.IsTerminal();
        if (_row is { CancelAsked: true }) _live = TaskPhase.Stopping;
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        switch (message)
        {
            case Dispatch dispatch: OnDispatch(dispatch, call, now, effects); break;
            case ConfirmGrant confirm: OnConfirm(confirm, call, effects); break;
            case AttemptStarted started: OnStarted(started, call, effects); break;
            case AttemptEnded ended: OnEnded(ended, call, now, effects); break;
            case CancelTask cancel: OnCancel(cancel, call, now, effects); break;
            case MissDeadline missed: OnMissDeadline(missed, call, now, effects); break;
            case DelegationLost lost: OnDelegationLost(lost, call, now, effects); break;
            case StopMember stop: OnStopMember(stop, call, effects); break;
            case DescribeTask: effects.Reply(call, Describe()); break;
            default: effects.Reply(call, Replies.DoesNotTake(Self, message)); break;
        }
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        switch (sent)
        {
            case Offer offer: OnOfferAnswered(offer.Attempt, to, reply, now, effects); break;
            case GuestOffer offer: OnOfferAnswered(offer.Attempt, to, reply, now, effects); break;
            case TaskEnded: OnTold(ref _jobTold, effects); break;
            case TaskSettled: OnTold(ref _regionTold, effects); break;
            case GangReady ready: _gate.Opened(ready, reply, _row?.Attempt ?? 0, effects); break;
            default: break;         // stops and news: that they arrived is all there is to know
        }
    }

    public void Tick(Moment now, Effects effects)
    {
        // A task waits for messages only: its offers and stops are repeated by the shell, its node watches the lease.
    }

    private void OnDispatch(Dispatch order, CallId call, Moment now, Effects effects)
    {
        if (order.After > (_row?.Attempt ?? 0) || (IsLive && order.After == _row!.Attempt))
        {
            effects.Reply(call, new Busy(settings.ResendFirst));        // the region was told of an end that this activation has not read
            effects.StartOver();
            return;
        }

        if (WhyNot(order) is { } refusal)
        {
            effects.Reply(call, refusal);
            return;
        }

        if (_row is { } known && known.RegionEpoch == order.RegionEpoch && known.Order == order.Order)
        {
            effects.Reply(call, new Dispatched(new AttemptId(task, known.Attempt)));
            return;
        }

        var id = new AttemptId(task, (_row?.Attempt ?? 0) + 1);
        var row = _row ?? NewRow(order.Run, now);
        var kept = row.Attempts.Length < TaskRow.AttemptsKept ? row.Attempts : row.Attempts.RemoveAt(0);
        _row = row with
        {
            Phase = TaskPhase.Leased,
            Attempt = id.Number,
            Attempts = kept.Add(new AttemptRecord(id.Number, order.Region, order.Node, now.At, null) { Devices = order.Devices, ExpectedRun = order.ExpectedRun }),
            NotBefore = default,
            Message = "",
            Run = order.Run,
            RegionEpoch = order.RegionEpoch,
            Order = order.Order,
        };
        (_live, _placed, _restored, _force, _stopMember) = (TaskPhase.Leased, false, false, false, false);
        _gate.Close(effects);
        effects.Drop(static (_, message) => message is TaskWaits);      // it is being placed: the region knows
        effects.Save();
        effects.Reply(call, new Dispatched(id));
        if (order.Region == self) effects.Send(Address.Of(order.Node!.Value), new Offer(id, order.Run, order.RegionEpoch) { Devices = order.Devices }, SendMode.Owed);
        else effects.Send(Address.Of(task, order.Region), new GuestOffer(id, order.Run), SendMode.Owed);
    }

    private Reply? WhyNot(Dispatch order)
    {
        if (order.Region == self && order.Node is null)
        {
            return new Refused(RefusalCode.Invalid, $"Task {task} is to start in {self} on no node.", "Maybe name a node of the region.");
        }

        if (order.Run.Template.Residency is { } residency && !residency.Allows(order.Region))
        {
            return new Refused(RefusalCode.Invalid, $"Task {task} may be in {residency}, never in {order.Region}.", "Place it in a region of its residency.");
        }

        if (_row is not { } row) return null;
        if (order.RegionEpoch < row.RegionEpoch) return new Stale("region epoch", order.RegionEpoch.Value, row.RegionEpoch.Value);
        if (row.Phase.IsTerminal()) return new Refused(RefusalCode.AlreadyEnded, $"Task {task} has ended as {row.Phase}.");
        var sameEpoch = order.RegionEpoch == row.RegionEpoch;
        if (sameEpoch && order.Order == row.Order) return null;
        if (sameEpoch && order.Order < row.Order) return new Stale("order", order.Order, row.Order);
        if (row.CancelAsked) return new Refused(RefusalCode.AlreadyEnded, $"Task {task} is being cancelled.");
        return IsLive ? new Refused(RefusalCode.StillRunning, $"Attempt {row.Attempt} of task {task} has not ended.") : null;
    }

    private TaskRow NewRow(RunSpec run, Moment now) => new()
    {
        Task = task,
        Tenant = run.Tenant,
        Name = $"{run.Template.Group}-{run.IndexInGroup}",
        Phase = TaskPhase.Pending,
        Attempt = 0,
        Attempts = [],
        SubmittedAt = run.SubmittedAt == default ? now.At : run.SubmittedAt,
        Queue = run.Queue,
        Class = RunTimeKey.ClassOf(run),
    };

    private void OnOfferAnswered(AttemptId attempt, Address to, Reply reply, Moment now, Effects effects)
    {
        if (!IsLive || attempt.Number != _row!.Attempt) return;
        if (reply is Granted or Ack)
        {
            OnPlaced(effects);
        }
        else if (!_placed)
        {
            // A refusal that was overtaken by a repeat which was granted must not end what runs: hence _placed.
            EndAttempt(AttemptEnd.Bare(AttemptEndCause.NotStarted, Replies.TextOf(to, reply), now.At), null, to.Region, SendMode.Owed, now, effects);
        }
    }

    /// <summary>
    /// A node, here or in the region of the guest, holds a grant for the attempt. From here on a refusal of another copy of its offer means nothing.
    /// </summary>
    private void OnConfirm(ConfirmGrant confirm, CallId call, Effects effects)
    {
        if (!IsLive || confirm.Attempt.Number != _row!.Attempt || _row.Current!.Region != confirm.Node.Region || IsElsewhere(confirm.Node))
        {
            Replies.NotLive(call, confirm.Attempt.Number, _row?.Attempt ?? 0, settings, effects);
            return;
        }

        // In another region its own guest record stands at the gate.
        if (_row.Run?.Gang is { } gang && _row.Current.Region == self) _gate.Wait(confirm.Attempt, gang, self, call, effects);
        else effects.Reply(call, Ack.Done);
        OnPlaced(effects);
    }

    private void OnPlaced(Effects effects)
    {
        if (_placed) return;
        _placed = true;
        if (_live == TaskPhase.Leased) _live = TaskPhase.Starting;
        if (_row!.CancelAsked) SendStop(AttemptEndCause.Cancelled, effects);
        else if (_stopMember) SendStop(AttemptEndCause.Preempted, effects);
    }

    private void OnStarted(AttemptStarted started, CallId call, Effects effects)
    {
        if (!IsLive || started.Attempt.Number != _row!.Attempt || IsElsewhere(started.Node))
        {
            Replies.NotLive(call, started.Attempt.Number, _row?.Attempt ?? 0, settings, effects);
            return;
        }

        OnPlaced(effects);
        if (_live != TaskPhase.Stopping) _live = TaskPhase.Running;
        effects.Reply(call, Ack.Done);
        effects.Send(Address.Of(self), new TaskRuns(started.Attempt, started.Node, started.StartedAt), SendMode.Once);
    }

    /// <summary>True for a node that the live attempt was not sent to. In another region any node may have it.</summary>
    private bool IsElsewhere(NodeId? node) => node is not null && _row?.Current is { Node: { } asked } && asked != node;

    private Reply Describe() => _row is { } row
        ? new TaskDescription(IsLive ? row with { Phase = _live } : row)
        : new Refused(RefusalCode.NotFound, $"Task {task} was not dispatched yet.");
}
