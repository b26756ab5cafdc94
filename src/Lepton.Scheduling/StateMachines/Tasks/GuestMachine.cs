using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <summary>
/// The guest record: one attempt of another region's task in this region. To its nodes it looks like the task itself; to the owner like a node.
/// </summary>
/// <remarks>
/// The outcome is durable here before the node may forget it, and owed to the owner until the owner has answered. Attempts that a node
/// refused or never began are placed again here; the owner hears only of the end that counts.
/// </remarks>
public sealed partial class GuestMachine(TaskId task, RegionId self, RegionSettings settings) : IStateMachine
{
    private GuestRow? _row;
    private bool _running;
    private bool _placed;
    private bool _restored;
    private bool _force;

    public Address Self { get; } = Address.Of(task, self);

    public string RowKey { get; } = GuestRow.KeyOf(task);

    public ImmutableArray<RowScan> Scans(Row? own) => [];

    public Row? Row => _row;

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        _row = (GuestRow?)own;
        _restored = _row is { Phase: GuestPhase.Leased };
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        switch (message)
        {
            case GuestOffer offer: OnGuestOffer(offer, call, now, effects); break;
            case Dispatch dispatch: OnDispatch(dispatch, call, effects); break;
            case ConfirmGrant confirm: OnConfirm(confirm, call, effects); break;
            case AttemptStarted started: OnStarted(started, call, effects); break;
            case AttemptEnded ended: OnEnded(ended, call, effects); break;
            case GuestStop stop: OnGuestStop(stop, call, now, effects); break;
            case StopMember stop: OnStopMember(stop, call, now, effects); break;
            case SendBack back: OnSendBack(back, call, now, effects); break;
            case OwnerLost: OnOwnerLost(call, now, effects); break;
            case DescribeTask: effects.Reply(call, Describe()); break;
            case CancelTask:
                effects.Reply(call, new Refused(RefusalCode.NotOwner, $"Task {task} belongs to {task.Owner}.", "Maybe cancel it there."));
                break;
            default: effects.Reply(call, Replies.DoesNotTake(Self, message)); break;
        }
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        switch (sent)
        {
            case Offer offer: OnOfferAnswered(offer, to, reply, now, effects); break;
            case ConfirmGrant confirm: OnOwnerConfirmed(confirm, reply, now, effects); break;
            case GangReady ready: _gate.Opened(ready, reply, _row?.Attempt.Number ?? 0, effects); break;
            case AttemptStarted started when reply is Stale: OnRefusedByOwner(started, effects); break;
            case AttemptEnded ended: OnEndTaken(ended, now, effects); break;
            case TaskSettled when _row is { Phase: GuestPhase.Settled }: effects.Save(); break;     // strike it: it is over
            default: break;
        }
    }

    public void Tick(Moment now, Effects effects)
    {
        // Time passes for the regions: they say when an owner or a guest was silent too long.
    }

    private void OnGuestOffer(GuestOffer offer, CallId call, Moment now, Effects effects)
    {
        var known = _row?.Attempt.Number ?? 0;
        if (offer.Attempt.Task != task)
        {
            effects.Reply(call, Replies.DoesNotTake(Self, offer));
        }
        else if (offer.Run.Template.Residency is { } residency && !residency.Allows(self))
        {
            effects.Reply(call, new Refused(RefusalCode.DoesNotFit, $"Task {task} may be in {residency}; this is {self}, and nothing of it is kept."));
        }
        else if (offer.Attempt.Number < known)
        {
            effects.Reply(call, new Stale("attempt", offer.Attempt.Number, known));
        }
        else if (offer.Attempt.Number == known)
        {
            effects.Reply(call, Ack.Done);
            if (_row is { Phase: GuestPhase.Settled, End: { } end }) TellOwner(_row.Attempt, end, SendMode.UntilAnswered, effects);
        }
        else if (_row is { Phase: GuestPhase.Leased })
        {
            effects.Reply(call, new Refused(RefusalCode.StillRunning, $"Attempt {known} of task {task} still runs in {self}; it is being stopped."));
            if (_row.StopAsked is null) Stop(AttemptEndCause.Superseded, false, effects);
        }
        else
        {
            Accept(offer, now, effects);
            effects.Reply(call, Ack.Done);
        }
    }

    private void Accept(GuestOffer offer, Moment now, Effects effects)
    {
        effects.Drop(static (_, message) => message is AttemptEnded or AttemptStarted or GuestWaits);      // of an attempt that does not count any more
        _row = new GuestRow
        {
            Attempt = offer.Attempt,
            Run = offer.Run,
            Phase = GuestPhase.Waiting,
            AcceptedAt = now.At,
            RegionEpoch = _row?.RegionEpoch ?? Epoch.None,
            Order = _row?.Order ?? 0,
            Tenant = offer.Run.Tenant,
        };
        effects.Save();
        effects.Send(Address.Of(self), new GuestWaits(offer.Attempt, offer.Run), SendMode.Owed);
    }

    private void OnDispatch(Dispatch order, CallId call, Effects effects)
    {
        if (order.After >= (_row?.Attempt.Number ?? 0))
        {
            effects.Reply(call, new Busy(settings.ResendFirst));        // the region was told of an attempt that this activation has not read
            effects.StartOver();
            return;
        }

        if (WhyNot(order) is { } refusal)
        {
            effects.Reply(call, refusal);
            return;
        }

        var row = _row!;
        effects.Reply(call, new Dispatched(row.Attempt));
        if (order.RegionEpoch == row.RegionEpoch && order.Order == row.Order) return;
        _row = row with { Phase = GuestPhase.Leased, Node = order.Node, Devices = order.Devices, RegionEpoch = order.RegionEpoch, Order = order.Order };
        (_running, _placed, _restored, _force) = (false, false, false, false);
        effects.Drop(static (_, message) => message is GuestWaits);
        effects.Save();
        effects.Send(Address.Of(order.Node!.Value), new Offer(row.Attempt, row.Run!, order.RegionEpoch) { Devices = order.Devices }, SendMode.Owed);
    }

    private Reply? WhyNot(Dispatch order)
    {
        if (order.Region != self || order.Node is null)
        {
            return new Refused(RefusalCode.Invalid, $"A guest in {self} cannot start on {order.Node?.ToString() ?? "no node"} in {order.Region}.");
        }

        if (_row is not { } row) return new Refused(RefusalCode.NotFound, $"Task {task} is no guest of {self}.");
        if (order.RegionEpoch < row.RegionEpoch) return new Stale("region epoch", order.RegionEpoch.Value, row.RegionEpoch.Value);
        if (row.Phase is GuestPhase.Ended or GuestPhase.Settled)
        {
            return new Refused(RefusalCode.AlreadyEnded, $"Attempt {row.Attempt} has ended as {row.End?.Cause}.");
        }

        var sameEpoch = order.RegionEpoch == row.RegionEpoch;
        if (sameEpoch && order.Order == row.Order) return null;
        if (sameEpoch && order.Order < row.Order) return new Stale("order", order.Order, row.Order);
        return row.Phase == GuestPhase.Leased ? new Refused(RefusalCode.StillRunning, $"Attempt {row.Attempt} was given to {row.Node}.") : null;
    }

    private void OnOfferAnswered(Offer offer, Address to, Reply reply, Moment now, Effects effects)
    {
        // The same attempt may be offered to one node after another: the order tells the offers apart by their node.
        if (_row is not { Phase: GuestPhase.Leased, Node: { } node } row || offer.Attempt != row.Attempt || Address.Of(node) != to) return;
        if (reply is Granted)
        {
            OnPlaced(row, effects);
        }
        else if (!_placed)
        {
            var end = AttemptEnd.Bare(AttemptEndCause.NotStarted, Replies.TextOf(to, reply), now.At);

            // A node that remembers this number will never take it again: only a new attempt, which the owner makes, can go there.
            if (reply is Refused { Code: RefusalCode.AlreadyEnded }) End(end with { Cause = row.StopAsked ?? end.Cause }, effects);
            else GoBack(end, effects);
        }
    }

    private void OnPlaced(GuestRow row, Effects effects)
    {
        if (_placed) return;
        _placed = true;
        if (row.StopAsked is { } cause) SendStop(cause, effects);
    }

    private void OnStarted(AttemptStarted started, CallId call, Effects effects)
    {
        if (_row is not { Phase: GuestPhase.Leased } row || started.Attempt != row.Attempt || started.Node != row.Node)
        {
            Replies.NotLive(call, started.Attempt.Number, _row?.Attempt.Number ?? 0, settings, effects);
            return;
        }

        OnPlaced(row, effects);
        _running = true;
        effects.Reply(call, Ack.Done);
        effects.Send(Address.Of(self), new TaskRuns(started.Attempt, started.Node, started.StartedAt), SendMode.Once);
        effects.Send(Address.Of(task), started, SendMode.UntilAnswered);
    }

    private Reply Describe()
    {
        if (_row is not { } row) return new Refused(RefusalCode.NotFound, $"Task {task} is no guest of {self}.");
        var phase = row.Phase switch
        {
            GuestPhase.Waiting => TaskPhase.Pending,
            GuestPhase.Leased => row.StopAsked is not null ? TaskPhase.Stopping : _running ? TaskPhase.Running : TaskPhase.Leased,
            _ => row.End?.Cause == AttemptEndCause.Completed ? TaskPhase.Succeeded : TaskPhase.Stopping,
        };
        return new TaskDescription(new TaskRow
        {
            Task = task,
            Tenant = row.Tenant,
            Name = "guest",
            Phase = phase,
            Attempt = row.Attempt.Number,
            Attempts = [new AttemptRecord(row.Attempt.Number, self, row.Node, row.AcceptedAt, row.End) { Devices = row.Devices }],
            SubmittedAt = row.AcceptedAt,
            Run = row.Run,
            RegionEpoch = row.RegionEpoch,
            Order = row.Order,
            Message = row.End?.Message ?? "",
        });
    }
}
