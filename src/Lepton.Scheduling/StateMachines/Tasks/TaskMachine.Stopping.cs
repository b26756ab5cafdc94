using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <content>Cancelled by its job, or taken back from a region that is silent.</content>
public sealed partial class TaskMachine
{
    private void OnCancel(CancelTask cancel, CallId call, Moment now, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        if (_row is { Phase: var phase } && phase.IsTerminal()) return;
        var message = string.IsNullOrEmpty(cancel.Reason) ? "Cancelled on request." : cancel.Reason;
        if (!IsLive)
        {
            CancelWaiting(cancel, message, now, effects);
            return;
        }

        var more = cancel.Force && !_force;
        _force |= cancel.Force;
        if (_row!.CancelAsked && !more) return;
        _row = _row with { CancelAsked = true, Message = message };
        _live = TaskPhase.Stopping;
        effects.Save();
        if (_placed || _restored) SendStop(AttemptEndCause.Cancelled, effects);        // else when the offer was answered
    }

    /// <summary>Its gang has lost a member. The wish is not stored: should it be lost with this activation, the region finds the gang broken and says it again.</summary>
    private void OnStopMember(StopMember stop, CallId call, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        if (!IsLive || stop.Attempt.Number != _row!.Attempt || _row.CancelAsked || _stopMember) return;
        _stopMember = true;
        _live = TaskPhase.Stopping;
        if (_placed || _restored) SendStop(AttemptEndCause.Preempted, effects);
        effects.Save();         // the stop is owed
    }

    private void CancelWaiting(CancelTask cancel, string message, Moment now, Effects effects)
    {
        var row = _row ?? new TaskRow
        {
            // Never dispatched: the record makes sure that no order on its way starts it after all.
            Task = task,
            Tenant = cancel.Tenant ?? TenantId.Default,
            Name = $"{task.Index}",
            Phase = TaskPhase.Pending,
            Attempt = 0,
            Attempts = [],
            SubmittedAt = now.At,
        };
        _row = row with { Phase = TaskPhase.Cancelled, CancelAsked = true, Message = message, EndedAt = now.At, Run = null };
        effects.Drop(static (_, sent) => sent is TaskWaits);
        effects.Save();
        Tell(SendMode.Owed, effects);
    }

    private void OnDelegationLost(DelegationLost lost, CallId call, Moment now, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        if (!IsLive || lost.Silent == self || _row!.Current!.Region != lost.Silent) return;
        var end = AttemptEnd.Bare(
            AttemptEndCause.LeaseExpired,
            $"Region {lost.Silent} has been silent for {settings.DelegationTakeBack.TotalSeconds:0} s; attempt {_row.Attempt} was taken back.",
            now.At);
        EndAttempt(end, null, null, SendMode.Owed, now, effects);
    }

    /// <summary>It waited past its deadline: over before it started, or started again.</summary>
    private void OnMissDeadline(MissDeadline missed, CallId call, Moment now, Effects effects)
    {
        effects.Reply(call, Ack.Done);
        if (IsLive || _row is { Phase: var phase } && phase.IsTerminal()) return;
        var deadline = missed.Run.Template.Deadline ?? now.At;
        _row = (_row ?? NewRow(missed.Run, now)) with
        {
            Phase = TaskPhase.TimedOut,
            Message = $"Its deadline {deadline.ToUniversalTime():yyyy-MM-dd HH:mm:ss'Z'} passed before it started.",
            EndedAt = now.At,
            Run = null,
        };
        effects.Drop(static (_, sent) => sent is TaskWaits);
        effects.Save();
        Tell(SendMode.Owed, effects);
    }

    private void SendStop(AttemptEndCause cause, Effects effects)
    {
        var current = _row!.Current!;
        var id = new AttemptId(task, current.Number);
        effects.Drop((_, message) => message is StopAttempt stop && stop.Attempt == id || message is GuestStop guest && guest.Attempt == id);
        if (current.Region == self) effects.Send(Address.Of(current.Node!.Value), new StopAttempt(id, cause, _force), SendMode.Owed);
        else effects.Send(Address.Of(task, current.Region), new GuestStop(id, cause, _force), SendMode.Owed);
    }
}
