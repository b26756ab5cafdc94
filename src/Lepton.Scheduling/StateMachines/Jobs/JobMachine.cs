using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <summary>
/// An accepted job: its spec, the wish to cancel, its end. Progress is never stored; it is what the task rows say, and what tasks report since.
/// </summary>
/// <remarks>
/// Nothing is owed for readiness: the report of the last task of a group is answered only when the region has taken the next groups in, so
/// a crash in between makes that task report again. In the same way the report that ends the job is answered when the region knows of the end.
/// </remarks>
public sealed partial class JobMachine(JobId job, RegionId self, RegionSettings settings) : IStateMachine
{
    private readonly List<JobReady> _announced = [];
    private readonly List<CallId> _held = [];
    private JobRow? _row;
    private HeldKeyRow? _heldKey;
    private JobProgress? _progress;

    public Address Self => new(self, ActorKind.Job, job.ToString());

    public string RowKey => JobRow.KeyOf(job);

    /// <remarks>A job that was never written has no tasks: most activations are for a submit, and look for nothing.</remarks>
    public ImmutableArray<RowScan> Scans(Row? own) => own is not JobRow ? [] : [new RowScan(TaskRow.PrefixOf(job), false)];

    public Row? Row => (Row?)_row ?? _heldKey;

    /// <summary>Rows of tasks that are over, which the next activation of a job that is not would read again.</summary>
    public int OutcomesKnown => _row is { EndedAt: null } && _progress is { } p ? p.Succeeded + p.Failed + p.Cancelled : 0;

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        (_row, _heldKey) = (own as JobRow, own as HeldKeyRow);
        if (_row is null) return;
        var rows = scanned.OfType<TaskRow>().Where(r => r.Task.Job == job).ToList();
        _progress = JobProgress.Of(_row.Spec, rows);
        if (_row.EndedAt is not null) return;
        var withRow = rows.Select(r => r.Task.Index).ToHashSet();
        if (_row.CancelAsked)
        {
            AskRegionToWithdraw(null, SendMode.UntilAnswered, effects);
        }
        else
        {
            Announce([.. _progress.ReadyGroups], withRow, SendMode.UntilAnswered, effects);
            var open = _row.CancelledIndexes.Where(i => _progress.MarkOf(i) == TaskMark.Open).ToImmutableArray();
            if (!open.IsEmpty) AskRegionToWithdraw(open, SendMode.UntilAnswered, effects);
        }

        NoteDoomed(effects);
        CloseWhenOver(now, effects);
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        switch (message)
        {
            case SubmitJob submit: Submit(submit, call, now, effects); break;
            case HoldKey hold: Hold(hold, call, now, effects); break;
            case TaskEnded ended: TakeEnd(ended, call, now, effects); break;
            case CancelJob cancel: CancelAll(cancel, call, effects); break;
            case CancelOne cancel: CancelSingle(cancel, call, effects); break;
            case GroupsEnded when _row?.EndedAt is not null: WhenRegionKnows(call, effects); break;
            case GroupsEnded ended: effects.Reply(call, AskUnheard(ended, effects)); break;
            case DescribeJob: effects.Reply(call, _row is null ? Unknown() : Describe()); break;
            default:
                effects.Reply(call, Replies.DoesNotTake(Self, message));
                break;
        }
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        switch (sent)
        {
            case JobReady ready: Announced(ready, effects); break;
            case DescribeTask when reply is TaskDescription { Row: var row } && row.Phase.IsTerminal():
                Heard(row.Task.Index, row.Phase, row.Message, row.Attempts.ArtifactsOfLast(), now, effects);
                break;
            case DescribeTask ask when reply is Refused { Code: RefusalCode.NotFound } && IsUnexplained(ask.Task.Index):
                effects.StartOver();        // over by the region's book, without a record, and no wish of ours: another activation wrote one
                break;
            case Withdraw withdraw when reply is Withdrawn withdrawn: TakeWithdrawn(withdraw, withdrawn, now, effects); break;
        }

        if (sent is JobClosed closed && ReferenceEquals(closed, _closing)) ToldOfEnd(effects);
        // What was owed is struck out with the next write; an ended job writes no more by itself, and would be woken for ever.
        else if (_row?.EndedAt is not null) effects.Save();
    }

    public void Tick(Moment now, Effects effects)
    {
        // A job waits for messages only.
    }

    private void Submit(SubmitJob submit, CallId call, Moment now, Effects effects)
    {
        if (submit.Job != job || job.Owner != self)
        {
            effects.Reply(call, new Refused(
                RefusalCode.NotOwner, $"Job {submit.Job} belongs to region {submit.Job.Owner}; this is {self}.", "Send it to its owner."));
        }
        else if (_row is not null)
        {
            effects.Reply(call, _row.BodyHash == submit.BodyHash
                ? new JobAccepted(job, _row.Spec.TaskCount, Replayed: true)
                : new Refused(
                    RefusalCode.Conflict,
                    $"Job {job} was submitted at {_row.SubmittedAt:u} under the same idempotency key with another body.",
                    "Maybe the spec was changed between two tries: use a new key for a new job."));
        }
        else if (_heldKey is not null)
        {
            effects.Reply(call, TakenElsewhere());
        }
        else if (submit.Spec.Residency is { } residency && !residency.Allows(self))
        {
            effects.Reply(call, new Refused(
                RefusalCode.Invalid, $"Job {job} may be in {residency}; this is {self}, and nothing of it was kept.", "Submit it under a key of a region of its residency."));
        }
        else if (JobSpecCheck.Fault(submit.Spec) is { } fault)
        {
            effects.Reply(call, fault);
        }
        else
        {
            _row = new JobRow { Job = job, Spec = submit.Spec, BodyHash = submit.BodyHash, SubmittedAt = now.At, Phase = JobPhase.Active };
            _progress = new JobProgress(submit.Spec);
            effects.Save();
            effects.Reply(call, new JobAccepted(job, submit.Spec.TaskCount, Replayed: false));
            Announce([.. _progress.ReadyGroups], [], SendMode.Owed, effects);
        }
    }

    /// <summary>The key of this job is used for one of another region: a submit without that residency must not make a second job of it.</summary>
    private void Hold(HoldKey hold, CallId call, Moment now, Effects effects)
    {
        if (hold.Job != job || job.Owner != self)
        {
            effects.Reply(call, new Refused(RefusalCode.NotOwner, $"Job {hold.Job} belongs to region {hold.Job.Owner}; this is {self}.", "Send it to its owner."));
        }
        else if (_row is not null)
        {
            effects.Reply(call, new Refused(
                RefusalCode.Conflict, $"The idempotency key was used at {_row.SubmittedAt:u} for job {job}, which is no job of that residency.", "Use a new key for a new job."));
        }
        else if (_heldKey is { } held)
        {
            if (held.HeldFor == hold.For) effects.Save();       // what is acknowledged from memory only is acknowledged with a write
            effects.Reply(call, held.HeldFor == hold.For ? Ack.Done : TakenElsewhere());
        }
        else
        {
            _heldKey = new HeldKeyRow { Job = job, HeldFor = hold.For, HeldAt = now.At };
            effects.Save();
            effects.Reply(call, Ack.Done);
        }
    }

    private Refused TakenElsewhere() => new(
        RefusalCode.Conflict,
        $"The idempotency key was used at {_heldKey!.HeldAt:u} for job {_heldKey.HeldFor}, whose residency keeps it out of {self}.",
        "Maybe the spec was changed between two tries: use a new key for a new job.");

    private void TakeEnd(TaskEnded ended, CallId call, Moment now, Effects effects)
    {
        if (_row is null || _progress is null)
        {
            effects.Reply(call, Unknown());
        }
        else if (!_progress.Has(ended.Task.Index))
        {
            effects.Reply(call, new Refused(RefusalCode.NotFound, $"Job {job} has {_row.Spec.TaskCount} tasks; there is no task {ended.Task.Index}."));
        }
        else if (_row.EndedAt is not null)
        {
            WhenRegionKnows(call, effects);
        }
        else
        {
            Heard(ended.Task.Index, ended.Phase, ended.Message, ended.Artifacts, now, effects, isRepeated: true);
            if (_row.EndedAt is not null) WhenRegionKnows(call, effects);
            else if (_announced.Count == 0 || !_progress.Feeds(ended.Task.Index)) effects.Reply(call, Ack.Done);
            else if (_held.Count < settings.InboxLimit) _held.Add(call);
            else effects.Reply(call, new Busy(settings.ResendLongest));
        }
    }

    /// <param name="isRepeated">Whoever told this tells it again until it is answered.</param>
    private void Heard(
        int index, TaskPhase phase, string message, ImmutableArray<ArtifactRef> artifacts, Moment now, Effects effects, bool isRepeated = false)
    {
        if (_row!.EndedAt is not null) return;
        var became = _progress!.End(index, phase, message, artifacts);
        if (!_row.CancelAsked) Announce(became, [], SendMode.UntilAnswered, effects);
        if (phase != TaskPhase.Succeeded) CancelGang(index, effects);
        NoteDoomed(effects);
        CloseWhenOver(now, effects, isRepeated);
    }

    /// <summary>Another activation of this job may have been told what this one was not: the tasks' records tell it.</summary>
    private Reply AskUnheard(GroupsEnded ended, Effects effects)
    {
        if (_row is null || _progress is null) return Unknown();
        foreach (var group in _row.Spec.Groups.Where(g => ended.Groups.Contains(g.Name)))
        {
            for (var index = group.First; index < group.End; index++)
            {
                if (_progress.MarkOf(index) != TaskMark.Open) continue;
                var task = new TaskId(job, index);
                effects.Send(Address.Of(task), new DescribeTask(task), SendMode.Once);
            }
        }

        return Ack.Done;
    }

    private bool IsUnexplained(int index) =>
        _row is { EndedAt: null, CancelAsked: false } && _progress!.MarkOf(index) == TaskMark.Open && !_row.CancelledIndexes.Contains(index);

    /// <summary>Tells the region which tasks may start: ranges of indexes without a row and without an outcome.</summary>
    private void Announce(ImmutableArray<TaskGroup> groups, HashSet<int> withRow, SendMode mode, Effects effects)
    {
        var ranges = ImmutableArray.CreateBuilder<ReadyRange>();
        var gone = withRow.Union(_row!.CancelledIndexes).ToHashSet();
        foreach (var group in groups)
        {
            for (int index = group.First, first = index; index <= group.End; index++)
            {
                if (index < group.End && _progress!.MarkOf(index) == TaskMark.Open && !gone.Contains(index)) continue;
                if (index > first) ranges.Add(new ReadyRange(group.Name, first, index - first));
                first = index + 1;
            }
        }

        if (ranges.Count == 0) return;
        var ready = new JobReady(job, _row.Spec, _row.SubmittedAt, ranges.ToImmutable(), _progress!.UpstreamOf(groups));
        if (mode == SendMode.UntilAnswered) _announced.Add(ready);
        effects.Send(Address.Of(self), ready, mode);
    }

    private void Announced(JobReady ready, Effects effects)
    {
        _announced.RemoveAll(a => ReferenceEquals(a, ready));
        if (_announced.Count > 0) return;
        foreach (var call in _held) effects.Reply(call, Ack.Done);
        _held.Clear();
    }

    /// <summary>Written when it happens, so that a list shows it while the job goes on: once per group at most.</summary>
    private void NoteDoomed(Effects effects)
    {
        var doomed = _progress!.Doomed;
        if (doomed.Length == _row!.DoomedGroups.OrEmpty().Length) return;
        _row = _row with { DoomedGroups = doomed };
        effects.Save();
    }

    /// <param name="isRepeated">What ended the job is told again until it is answered: then nothing is owed for the end.</param>
    private void CloseWhenOver(Moment now, Effects effects, bool isRepeated = false)
    {
        if (!_progress!.IsOver) return;
        var phase = (_progress.Failed, _progress.Cancelled) switch
        {
            (_, > 0) when _row!.CancelAsked => JobPhase.Cancelled,
            ( > 0, _) => JobPhase.Failed,
            (_, > 0) => JobPhase.Cancelled,
            _ => JobPhase.Succeeded,
        };
        _row = _row! with
        {
            Phase = phase,
            EndedAt = now.At,
            Message = phase == JobPhase.Succeeded ? null : _row.CancelAsked ? _row.Message : _progress.FirstFailure,
            Succeeded = _progress.Succeeded,
            Failed = _progress.Failed,
            CancelledCount = _progress.Cancelled,
        };
        effects.Save();
        if (isRepeated) return;
        effects.Send(Address.Of(self), new JobClosed(job), SendMode.Owed);
        _regionKnows = true;
    }

    private JobDescription Describe() => new(
        job, _row!.Spec, _row.Phase, _row.SubmittedAt, _row.EndedAt, _progress!.Describe(), _row.Message ?? _progress.FirstFailure)
    {
        CancelledIndexes = _row.CancelledIndexes.OrEmpty(),
        DoomedGroups = _row.DoomedGroups.OrEmpty(),
    };

    private Refused Unknown() => new(RefusalCode.NotFound, $"Job {job} is not known in region {self}.", "Maybe it was submitted elsewhere, or its record is past retention.");
}
