using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Grains.Queries;

/// <summary>
/// Gathers one page of tasks over jobs taken in order. Without filters it reads the rows of the page alone; a filter on phase, region or label
/// looks at every task of the jobs it is given.
/// </summary>
internal sealed class TaskPageReader(TaskQuery query, IRegionStore store, Func<ImmutableArray<TaskId>, Task<ImmutableArray<Overlay>>> overlays)
{
    private const int OverlaysAtATime = 500;

    private readonly ImmutableArray<TaskItem>.Builder _items = ImmutableArray.CreateBuilder<TaskItem>();
    private readonly TaskId? _after = TaskId.TryParse(query.Cursor ?? "", out var after) ? after : null;
    private bool _passedCursor = query.Cursor is null;
    private long _total;
    private bool _more;

    public TaskPage Page() => new(_items.ToImmutable(), _more ? _items[^1].Task.ToString() : null, _total);

    public async Task Take(JobRow job)
    {
        if (!MatchesLabels(job)) return;
        var first = 0;
        if (!_passedCursor && _after?.Job == job.Job)
        {
            _passedCursor = true;
            first = _after.Value.Index + 1;
        }

        if (query.Phases.IsEmpty && query.RunsIn is null) await TakeWindow(job, first);
        else await TakeMatching(job, first);
    }

    private async Task TakeWindow(JobRow job, int first)
    {
        _total += job.Spec.TaskCount;
        if (!_passedCursor) return;
        var end = (int)Math.Min(job.Spec.TaskCount, (long)first + query.Limit - _items.Count);
        _more |= end < job.Spec.TaskCount;
        var window = new List<TaskItem>();
        for (var index = first; index < end; index++)
        {
            var record = await store.Read(TaskRow.KeyOf(new TaskId(job.Job, index)), CancellationToken.None);
            window.Add(Item(job, index, record?.Value.Row as TaskRow));
        }

        _items.AddRange(await WithOverlay(window));
    }

    private async Task TakeMatching(JobRow job, int first)
    {
        var chunk = new List<TaskItem>(OverlaysAtATime);
        var next = 0;
        await foreach (var record in store.Scan(new RowScan(TaskRow.PrefixOf(job.Job), false), CancellationToken.None))
        {
            var row = (TaskRow)record.Value.Row;
            for (; next < row.Task.Index; next++) await Add(Item(job, next, null));
            await Add(Item(job, next++, row));
        }

        for (; next < job.Spec.TaskCount; next++) await Add(Item(job, next, null));
        await Flush();

        async Task Add(TaskItem item)
        {
            chunk.Add(item);
            if (chunk.Count == OverlaysAtATime) await Flush();
        }

        async Task Flush()
        {
            foreach (var item in await WithOverlay(chunk))
            {
                if (!Matches(item)) continue;
                _total++;
                if (!_passedCursor || item.Task.Index < first) continue;
                if (_items.Count < query.Limit) _items.Add(item);
                else _more = true;
            }

            chunk.Clear();
        }
    }

    private bool MatchesLabels(JobRow job)
    {
        foreach (var (key, value) in query.Labels)
        {
            if (!job.Spec.Labels.TryGetValue(key, out var held) || held != value) return false;
        }

        return true;
    }

    private bool Matches(TaskItem item) =>
        (query.Phases.IsEmpty || query.Phases.Contains(item.Phase)) && (query.RunsIn is null || item.Region == query.RunsIn);

    private async Task<IReadOnlyList<TaskItem>> WithOverlay(List<TaskItem> items)
    {
        var live = items.Where(i => !i.Phase.IsTerminal()).Select(i => i.Task).ToImmutableArray();
        if (live.IsEmpty) return [.. items];
        var found = (await overlays(live)).ToDictionary(o => o.Task);
        return [.. items.Select(item => found.TryGetValue(item.Task, out var o) ? Laid(item, o) : item)];
    }

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
