using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <content>How attempts and the task end, and how the end is told.</content>
public sealed partial class TaskMachine
{
    /// <summary>Repeats of one end that may wait for the job at a time; more are told to come back.</summary>
    private const int HeldAtMost = 16;

    private readonly List<(CallId Call, Reply Reply)> _held = [];
    private bool _telling;

    /// <summary>The store has, or may have, the news of the end among what is owed: strike it when told, so that a restart wakes nothing that is over.</summary>
    private bool _owesEnd;

    private bool _beganOver;
    private bool _jobTold;
    private bool _regionTold;

    private void OnEnded(AttemptEnded ended, CallId call, Moment now, Effects effects)
    {
        if (_row?.Current is not { } current || ended.Attempt.Number != current.Number || (IsLive && IsElsewhere(ended.Node)))
        {
            Replies.NotLive(call, ended.Attempt.Number, _row?.Attempt ?? 0, settings, effects);
        }
        else if (IsLive)
        {
            RegionId? refusedBy = ended.End.Cause == AttemptEndCause.NotStarted ? current.Region : null;
            EndAttempt(ended.End, ended.Node, refusedBy, SendMode.UntilAnswered, now, effects);
            WhenTold(call, Ack.Done, effects);
        }
        else
        {
            // One outcome only: if it ended otherwise before, this does not count. Whoever reports is also who keeps the news of the end alive:
            // it is let go only when they were told, be its own report the same or not.
            WhenTold(call, IsSame(current.End!, ended.End) ? Ack.Done : new Stale("attempt", ended.Attempt.Number, current.Number), effects);
        }
    }

    /// <summary>The one place where a live attempt ends.</summary>
    /// <param name="refusedBy">The region that refused it, if it was refused.</param>
    /// <param name="tell">Owed where nobody repeats the news of this end after a crash.</param>
    private void EndAttempt(AttemptEnd end, NodeId? node, RegionId? refusedBy, SendMode tell, Moment now, Effects effects)
    {
        var row = _row!;
        var current = row.Current!;
        var id = new AttemptId(task, current.Number);
        effects.Drop((_, message) => IsOrderFor(id, message));
        _gate.Close(effects);
        var kept = end with { Artifacts = OrEmpty(end.Artifacts), Metrics = OrEmpty(end.Metrics) };
        var ended = row with { Attempts = row.Attempts.SetItem(row.Attempts.Length - 1, current with { Node = node ?? current.Node, End = kept }) };
        var outcome = AttemptOutcome.Of(ended, kept, settings, now.At);
        var over = outcome.Phase.IsTerminal();
        _row = ended with
        {
            Phase = outcome.Phase,
            Retries = outcome.Retries,
            NotBefore = outcome.NotBefore,
            Message = outcome.Message,
            EndedAt = over ? now.At : null,
            Run = over ? null : row.Run,
        };
        effects.Save();
        if (over)
        {
            Tell(tell, effects);
            return;
        }

        var waits = new TaskWaits(
            id,
            outcome.NotBefore,
            end.Cause,
            outcome.Message,
            refusedBy == self ? null : refusedBy,
            outcome.Retries,
            NewestCheckpoint(ended));
        effects.Send(Address.Of(self), waits, SendMode.Owed);
    }

    private void Tell(SendMode mode, Effects effects)
    {
        (_telling, _jobTold, _regionTold, _owesEnd) = (true, false, false, mode == SendMode.Owed || _beganOver);
        var artifacts = _row!.Phase == TaskPhase.Succeeded ? _row.Current!.End!.Artifacts : [];
        effects.Send(Address.Of(task.Job), new TaskEnded(task, _row.Phase, artifacts, _row.Message), mode);
        effects.Send(Address.Of(self), new TaskSettled(task) { Ran = RanFor(_row.Current?.End) }, mode);
    }

    private void OnTold(ref bool told, Effects effects)
    {
        told = true;
        if (!_telling)
        {
            effects.Save();         // owed by an activation before this one
        }
        else if (_jobTold && _regionTold)
        {
            if (_owesEnd) effects.Save();
            foreach (var (call, reply) in _held) effects.Reply(call, reply);
            _held.Clear();
        }
    }

    /// <summary>Answers once everybody who must know of the end of the task knows it.</summary>
    private void WhenTold(CallId call, Reply reply, Effects effects)
    {
        var isOver = _row!.Phase.IsTerminal();
        if (isOver && !_telling) Tell(SendMode.UntilAnswered, effects);
        if (!isOver || (_jobTold && _regionTold)) effects.Reply(call, reply);
        else if (_held.Count < HeldAtMost) _held.Add((call, reply));
        else effects.Reply(call, new Busy(settings.ResendLongest));
    }

    private static bool IsOrderFor(AttemptId id, Message message) => message switch
    {
        Offer offer => offer.Attempt == id,
        GuestOffer offer => offer.Attempt == id,
        StopAttempt stop => stop.Attempt == id,
        GuestStop stop => stop.Attempt == id,
        _ => false,
    };

    /// <summary>The same report of one end, as its sender repeats it.</summary>
    private static bool IsSame(AttemptEnd a, AttemptEnd b) =>
        a.Cause == b.Cause && a.EndedAt == b.EndedAt && a.ExitCode == b.ExitCode && a.Signal == b.Signal;

    private static TimeSpan? RanFor(AttemptEnd? end) =>
        end is { Cause: AttemptEndCause.Completed, StartedAt: { } started } && end.EndedAt > started ? end.EndedAt - started : null;

    private static string? NewestCheckpoint(TaskRow row)
    {
        for (var i = row.Attempts.Length - 1; i >= 0; i--)
        {
            if (row.Attempts[i].End?.CheckpointRef is { } checkpoint) return checkpoint;
        }

        return row.Run?.RestoreFrom;
    }

    private static ImmutableArray<T> OrEmpty<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;
}
