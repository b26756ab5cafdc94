using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Grains.Queries;

/// <summary>
/// Gathers one page of tasks: first meets all jobs, then reads. Newest job first by its submit time, which never changes: a job that ends between
/// two pages moves nothing. Without filters it reads the rows of the page alone; a filter on phase or region looks at every task of the jobs.
/// </summary>
internal sealed class TaskPageReader
{
    private const int OverlaysAtATime = 500;

    private readonly TaskQuery _query;
    private readonly IRegionStore _store;
    private readonly RegionId _self;
    private readonly Func<ImmutableArray<TaskId>, Task<Reply>> _overlays;
    private readonly TaskCursor? _after;
    private readonly List<(DateTimeOffset SubmittedAt, JobId Job)> _jobs = [];
    private readonly ImmutableArray<TaskItem>.Builder _items = ImmutableArray.CreateBuilder<TaskItem>();
    private long _total;
    private bool _more;

    /// <param name="overlays">Asks the region for its live picture of these tasks.</param>
    /// <exception cref="ArgumentException">The cursor is none of this list.</exception>
    public TaskPageReader(TaskQuery query, IRegionStore store, RegionId self, Func<ImmutableArray<TaskId>, Task<Reply>> overlays)
    {
        _query = query;
        _store = store;
        _self = self;
        _overlays = overlays;
        if (query.Cursor is null) return;
        _after = TaskCursor.Parse(query.Cursor);
        if (query.Job is { } only && _after.Value.Task.Job != only)
        {
            throw new ArgumentException($"'{query.Cursor}' is the cursor of a list that was not of job {only}. Maybe begin again without a cursor.", nameof(query));
        }
    }

    private bool LooksAtEveryTask => !_query.Phases.IsEmpty || _query.RunsIn is not null;

    /// <summary>A job that may have tasks on the page or in the total.</summary>
    public void Meet(JobRow job)
    {
        var count = GroupsOf(job).Sum(g => (long)g.Count);
        if (count == 0) return;
        if (!LooksAtEveryTask)
        {
            _total += count;
            if (FirstOf(job) is null) return;
        }

        _jobs.Add((job.SubmittedAt, job.Job));
    }

    public async Task<TaskPage> Read()
    {
        _jobs.Sort((a, b) => TaskCursor.Order(a.SubmittedAt, a.Job, b.SubmittedAt, b.Job));
        foreach (var (_, id) in _jobs)
        {
            if (_more && !LooksAtEveryTask) break;
            if ((await _store.Read(JobRow.KeyOf(id), CancellationToken.None))?.Value.Row is not JobRow job) continue;
            if (LooksAtEveryTask) await TakeMatching(job);
            else await TakeWindow(job);
        }

        return new TaskPage(_items.ToImmutable(), _more ? new TaskCursor(_items[^1].SubmittedAt, _items[^1].Task).ToString() : null, _total);
    }

    private int? FirstOf(JobRow job) => _after is { } after ? after.FirstOf(job.Job, job.SubmittedAt) : 0;

    /// <summary>The groups whose tasks have the asked labels: the job's own, with the group's laid over.</summary>
    private IEnumerable<TaskGroup> GroupsOf(JobRow job) => job.Spec.Groups.Where(group =>
    {
        foreach (var (key, value) in _query.Labels)
        {
            var has = group.Template.Labels.TryGetValue(key, out var held) || job.Spec.Labels.TryGetValue(key, out held);
            if (!has || held != value) return false;
        }

        return true;
    });

    private async Task TakeWindow(JobRow job)
    {
        if (FirstOf(job) is not { } first) return;
        var room = _query.Limit - _items.Count;
        var window = new List<TaskItem>();
        foreach (var group in GroupsOf(job))
        {
            var from = Math.Max(group.First, first);
            var end = (int)Math.Min(group.End, (long)from + room - window.Count);
            _more |= from < group.End && end < group.End;
            for (var index = from; index < end; index++)
            {
                var record = await _store.Read(TaskRow.KeyOf(new TaskId(job.Job, index)), CancellationToken.None);
                window.Add(Item(job, index, record?.Value.Row as TaskRow));
            }
        }

        _items.AddRange(await WithOverlay(window));
    }

    private async Task TakeMatching(JobRow job)
    {
        var chunk = new List<TaskItem>(OverlaysAtATime);
        var first = FirstOf(job);
        var groups = GroupsOf(job).ToList();
        var next = 0;
        await foreach (var record in _store.Scan(new RowScan(TaskRow.PrefixOf(job.Job), false), CancellationToken.None))
        {
            var row = (TaskRow)record.Value.Row;
            for (; next < row.Task.Index; next++) await Add(next, null);
            await Add(next++, row);
        }

        for (; next < job.Spec.TaskCount; next++) await Add(next, null);
        await Flush();

        async Task Add(int index, TaskRow? row)
        {
            if (!groups.Exists(g => g.Contains(index))) return;
            chunk.Add(Item(job, index, row));
            if (chunk.Count == OverlaysAtATime) await Flush();
        }

        async Task Flush()
        {
            foreach (var item in await WithOverlay(chunk))
            {
                if (!Matches(item)) continue;
                _total++;
                if (first is null || item.Task.Index < first) continue;
                if (_items.Count < _query.Limit) _items.Add(item);
                else _more = true;
            }

            chunk.Clear();
        }
    }

    private bool Matches(TaskItem item) =>
        (_query.Phases.IsEmpty || _query.Phases.Contains(item.Phase)) && (_query.RunsIn is null || item.Region == _query.RunsIn);

    private async Task<IReadOnlyList<TaskItem>> WithOverlay(List<TaskItem> items)
    {
        var live = items.Where(i => !i.Phase.IsTerminal()).Select(i => i.Task).ToImmutableArray();
        if (live.IsEmpty) return [.. items];
        var reply = await _overlays(live);
        if (reply is not Overlays overlays) return [.. items.Select(item => Unseen(item, $"region {_self} did not answer: {WhyNot(reply)}"))];
        var found = overlays.Items.ToDictionary(o => o.Task);
        return [.. items.Select(item => found.TryGetValue(item.Task, out var o) ? Laid(item, o) : Unseen(item, $"region {_self} has not looked at it yet"))];
    }

    /// <summary>A wait is never shown without a reason, not even when nobody can tell the real one.</summary>
    private static TaskItem Unseen(TaskItem item, string why) =>
        item.Phase == TaskPhase.Pending ? item with { Reason = PendingReason.NotYetEvaluated, Evidence = why } : item;

    private static string WhyNot(Reply reply) => reply switch
    {
        Unanswered silent => silent.Why,
        Refused refused => refused.Text,
        Busy => "it has too much unhandled",
        _ => $"it said {reply.GetType().Name}",
    };

    /// <summary>The live picture knows what is not worth a write: that it runs, and why it waits.</summary>
    private static TaskItem Laid(TaskItem item, Overlay live) => item with
    {
        Phase = live.Phase,
        Region = live.Region ?? item.Region,
        Node = live.Node ?? item.Node,
        Attempt = Math.Max(live.Attempt, item.Attempt),
        Reason = live.Reason,
        Evidence = live.Evidence,
        StartedAt = live.StartedAt ?? item.StartedAt,
    };

    private static TaskItem Item(JobRow job, int index, TaskRow? row)
    {
        var group = job.Spec.GroupOf(index);
        var name = job.Spec.TaskCount == 1 ? job.Spec.Name : $"{job.Spec.Name}/{group.Name}";
        var task = new TaskId(job.Job, index);
        if (row is null)
        {
            var (phase, message) = TaskDerivation.Of(job, index, hasRow: false)!.Value;
            var ended = phase.IsTerminal() ? job.EndedAt : null;
            return new TaskItem(task, name, group.Name, phase, null, null, 0, null, null, job.SubmittedAt, null, ended, null, message, group.Template.Demand, [], []);
        }

        var current = row.Current;
        var end = current?.End;
        return new TaskItem(
            task, name, group.Name, row.Phase, current?.Region, current?.Node, row.Attempt, null, null, job.SubmittedAt,
            end?.StartedAt, row.EndedAt, end?.ExitCode, row.Message, group.Template.Demand, end?.Metrics ?? [], end?.Artifacts ?? []);
    }
}
