using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <content>
/// Cancelling: the wish is written, the region takes out of the queue what has not left it, and what has left is told itself. A task without
/// a row counts as cancelled only when the region has said that it will never dispatch it.
/// </content>
public sealed partial class JobMachine
{
    /// <summary>Single tasks whose cancelling was asked with force since this activation began.</summary>
    private readonly HashSet<int> _forced = [];

    private void CancelAll(CancelJob cancel, CallId call, Effects effects)
    {
        if (_row is null)
        {
            effects.Reply(call, Unknown());
            return;
        }

        effects.Reply(call, Ack.Done);
        var asksMore = !_row.CancelAsked || (cancel.Force && !_row.CancelForce);
        if (_row.EndedAt is not null || !asksMore) return;
        _row = _row with
        {
            CancelAsked = true,
            CancelForce = _row.CancelForce || cancel.Force,
            Phase = JobPhase.Cancelling,
            Message = _row.CancelAsked ? _row.Message : cancel.Reason,
        };
        effects.Save();
        AskRegionToWithdraw(null, SendMode.Owed, effects);
    }

    private void CancelSingle(CancelOne cancel, CallId call, Effects effects)
    {
        var index = cancel.Task.Index;
        if (_row is null || _progress is null)
        {
            effects.Reply(call, Unknown());
        }
        else if (!_progress.Has(index))
        {
            effects.Reply(call, new Refused(RefusalCode.NotFound, $"Job {job} has {_row.Spec.TaskCount} tasks; there is no task {index}."));
        }
        else
        {
            effects.Reply(call, Ack.Done);
            if (_row.EndedAt is not null || _row.CancelAsked || _progress.MarkOf(index) != TaskMark.Open) return;
            // Of a gang nothing is left without one of its members.
            ImmutableArray<int> all = [.. (GangOf(index) ?? [index]).Where(i => _progress.MarkOf(i) == TaskMark.Open)];
            var fresh = all.Where(i => !_row.CancelledIndexes.Contains(i)).ToImmutableArray();
            if (fresh.IsEmpty && !cancel.Force) return;
            if (!fresh.IsEmpty)
            {
                _row = _row with { CancelledIndexes = _row.CancelledIndexes.AddRange(fresh) };
                effects.Save();
            }

            if (cancel.Force) _forced.UnionWith(all);
            AskRegionToWithdraw(all, SendMode.Owed, effects);
        }
    }

    /// <summary>A gang is whole or absent: when one member is over without success, the others have nothing to run for.</summary>
    private void CancelGang(int index, Effects effects)
    {
        if (_row!.CancelAsked || GangOf(index) is not { } gang) return;
        var open = gang.Where(i => _progress!.MarkOf(i) == TaskMark.Open && !_row.CancelledIndexes.Contains(i)).ToImmutableArray();
        if (open.IsEmpty) return;
        _row = _row with { CancelledIndexes = _row.CancelledIndexes.AddRange(open) };
        effects.Save();
        AskRegionToWithdraw(open, SendMode.Owed, effects);
    }

    /// <summary>Indexes of the gang of a task; null when it starts by itself.</summary>
    private IEnumerable<int>? GangOf(int index)
    {
        var group = _row!.Spec.GroupOf(index);
        if (!group.Template.IsGang) return null;
        var first = index - ((index - group.First) % group.Template.GangSize);
        return Enumerable.Range(first, group.Template.GangSize);
    }

    /// <summary>The member of its gang that is over without success, if that is why it is cancelled.</summary>
    private int? LostMember(int index)
    {
        foreach (var member in GangOf(index) ?? [])
        {
            if (member != index && _progress!.MarkOf(member) is TaskMark.Failed or TaskMark.Cancelled) return member;
        }

        return null;
    }

    private void AskRegionToWithdraw(ImmutableArray<int>? indexes, SendMode mode, Effects effects) =>
        effects.Send(Address.Of(self), new Withdraw(job, indexes), mode);

    private void TakeWithdrawn(Withdraw asked, Withdrawn withdrawn, Moment now, Effects effects)
    {
        if (_row is null || _progress is null || _row.EndedAt is not null) return;
        var left = withdrawn.InFlight.OrEmpty().ToHashSet();
        var all = asked.Indexes ?? [.. Enumerable.Range(0, _row.Spec.TaskCount)];
        foreach (var index in all)
        {
            if (_progress.MarkOf(index) != TaskMark.Open) continue;
            if (left.Contains(index)) CancelDispatched(index, effects);
            else _progress.CancelOpen(index, _row.CancelAsked ? _row.Message ?? "" : "before it was dispatched");
        }

        NoteDoomed(effects);
        CloseWhenOver(now, effects);
    }

    private void CancelDispatched(int index, Effects effects)
    {
        var reason = _row!.CancelAsked ? _row.Message ?? ""
            : LostMember(index) is { } lost ? $"Task {lost} of its gang ended without success."
            : "cancelled by itself";
        var task = new TaskId(job, index);
        effects.Send(Address.Of(task), new CancelTask(task, reason, _row.CancelForce || _forced.Contains(index), _row.Spec.Tenant), SendMode.Owed);
    }
}
