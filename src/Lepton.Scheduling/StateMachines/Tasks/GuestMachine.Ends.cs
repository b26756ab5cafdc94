using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <content>How a guest stops and ends, and how its owner hears of it.</content>
public sealed partial class GuestMachine
{
    private void OnEnded(AttemptEnded ended, CallId call, Effects effects)
    {
        if (_row is not { } row || ended.Attempt != row.Attempt || (row.Phase == GuestPhase.Leased && ended.Node is { } node && node != row.Node))
        {
            Replies.NotLive(call, ended.Attempt.Number, _row?.Attempt.Number ?? 0, settings, effects);
            return;
        }

        effects.Reply(call, Ack.Done);      // leaves only when the row is durable
        if (ended.End.Cause == AttemptEndCause.NotStarted)
        {
            // A node had granted it: were it placed here again under this number, a late copy of this message could end what runs then.
            if (row.Phase == GuestPhase.Leased) End(ended.End with { Cause = row.StopAsked ?? ended.End.Cause }, effects);
            else effects.Save();            // nothing to do, by what an activation knows that can still write
        }
        else if (row.Phase is GuestPhase.Leased or GuestPhase.Waiting)
        {
            // Waiting: a late refusal of the offer overtook its grant. The work was done all the same, and nothing else runs.
            _row = row with { Node = ended.Node };
            End(ended.End, effects);
        }
    }

    private void OnGuestStop(GuestStop stop, CallId call, Moment now, Effects effects)
    {
        var known = _row?.Attempt.Number ?? 0;
        if (stop.Attempt.Number > known)
        {
            // The owner sends a stop only after we took its offer, or, after a restart, again once we did.
            effects.Reply(call, new Refused(RefusalCode.NotFound, $"Attempt {stop.Attempt} is not known in {self}."));
            return;
        }

        effects.Reply(call, stop.Attempt.Number < known ? new Stale("attempt", stop.Attempt.Number, known) : Ack.Done);
        if (stop.Attempt.Number == known) StopWith(stop.Cause, stop.Force, "Stopped by its owner before it started.", now, effects);
    }

    private void OnStopMember(StopMember stop, CallId call, Moment now, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        if (_row is { } row && stop.Attempt == row.Attempt) StopWith(AttemptEndCause.Preempted, false, stop.Why, now, effects);
    }

    private void OnOwnerLost(CallId call, Moment now, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        var silence = settings.DelegationLease.TotalSeconds;

        // The owner takes back after two node leases more: whoever asks for a longer grace is not given it.
        var force = _row?.Run?.Template.Grace > settings.NodeLease;
        StopWith(AttemptEndCause.LeaseExpired, force, $"Owner {task.Owner} was silent for {silence:0} s before the attempt started.", now, effects);
    }

    /// <summary>The region cannot place it: it was not started, so nothing is lost by trying elsewhere.</summary>
    private void OnSendBack(SendBack back, CallId call, Moment now, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        if (_row is { Phase: GuestPhase.Waiting } row && row.Attempt == back.Attempt) End(AttemptEnd.Bare(AttemptEndCause.NotStarted, back.Why, now.At), effects);
    }

    private void OnRefusedByOwner(AttemptStarted started, Effects effects)
    {
        if (_row is { Phase: GuestPhase.Leased, StopAsked: null } row && started.Attempt == row.Attempt) Stop(AttemptEndCause.Superseded, true, effects);
    }

    private void StopWith(AttemptEndCause cause, bool force, string ifWaiting, Moment now, Effects effects)
    {
        if (_row is not { } row) return;
        if (row.Phase == GuestPhase.Waiting) End(AttemptEnd.Bare(cause, ifWaiting, now.At), effects);
        else if (row.Phase == GuestPhase.Leased && (row.StopAsked is null || (force && !_force))) Stop(row.StopAsked ?? cause, force, effects);
    }

    private void Stop(AttemptEndCause cause, bool force, Effects effects)
    {
        _force |= force;
        _row = _row! with { StopAsked = cause };
        effects.Save();
        if (_placed || _restored) SendStop(cause, effects);       // else when the offer was answered: a stop must not overtake it
    }

    private void SendStop(AttemptEndCause cause, Effects effects)
    {
        effects.Drop(static (_, message) => message is StopAttempt);
        effects.Send(Address.Of(_row!.Node!.Value), new StopAttempt(_row.Attempt, cause, _force), SendMode.Owed);
    }

    /// <summary>The node refused it: it waits here again, unless it was to stop anyway.</summary>
    private void GoBack(AttemptEnd end, Effects effects)
    {
        if (_row!.StopAsked is { } cause)
        {
            End(end with { Cause = cause }, effects);
            return;
        }

        effects.Drop(static (_, message) => message is Offer or StopAttempt or ConfirmGrant);
        _gate.Close(effects);
        _row = _row with { Phase = GuestPhase.Waiting, Node = null, Devices = [] };
        effects.Save();
        effects.Send(Address.Of(self), new GuestWaits(_row.Attempt, _row.Run!) { RegionEpoch = _row.RegionEpoch, Order = _row.Order }, SendMode.Owed);
    }

    private void End(AttemptEnd end, Effects effects)
    {
        effects.Drop(static (_, message) => message is Offer or StopAttempt or ConfirmGrant or GuestWaits or AttemptStarted);
        _gate.Close(effects);
        _row = _row! with { Phase = GuestPhase.Ended, End = end, Run = null };
        effects.Save();
        TellOwner(_row.Attempt, end, SendMode.Owed, effects);
        var ran = end is { Cause: AttemptEndCause.Completed, StartedAt: { } started } && end.EndedAt > started ? end.EndedAt - started : (TimeSpan?)null;
        effects.Send(Address.Of(self), new TaskSettled(task, _row.Attempt.Number) { Ran = ran }, SendMode.Owed);
    }

    private void TellOwner(AttemptId attempt, AttemptEnd end, SendMode mode, Effects effects) =>
        effects.Send(Address.Of(task), new AttemptEnded(attempt, end, _row!.Node), mode);

    /// <summary>The owner has it, or does not want it any more: either way it is out of our hands.</summary>
    private void OnEndTaken(AttemptEnded ended, Moment now, Effects effects)
    {
        if (_row is not { Phase: GuestPhase.Ended } row || ended.Attempt != row.Attempt) return;
        _row = row with { Phase = GuestPhase.Settled, SettledAt = now.At };
        effects.Save();
    }
}
