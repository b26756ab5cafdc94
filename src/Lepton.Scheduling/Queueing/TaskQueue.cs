using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Queueing;

/// <summary>
/// Everything that waits in a region, queue by queue; within a queue in order: priority, time of submit, job, index. Fresh array tasks are bytes;
/// objects are only tasks with a history, own jobs and guests.
/// </summary>
internal sealed class TaskQueue(ImmutableArray<RegionId> fleet)
{
    private readonly SortedDictionary<string, SortedRows<QueueKey, QueueLine>> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<JobId, QueuedJob> _jobs = [];
    private readonly SharedSpecs _specs = new();
    private readonly SharedShapes _shapes = new(fleet);
    private readonly Dictionary<TaskId, WaitingTask> _again = [];

    /// <summary>Lines with at least one task, or of an own live job, in order, by queue.</summary>
    public IEnumerable<KeyValuePair<string, SortedRows<QueueKey, QueueLine>>> Queues => _queues;

    public IReadOnlyCollection<QueuedJob> Jobs => _jobs.Values;

    /// <summary>Tasks that wait. Cost: O(jobs).</summary>
    public int Count => _again.Count + _jobs.Values.Sum(j => j.FreshCount);

    /// <summary>Tasks that wait in a queue. Cost: O(its jobs).</summary>
    public int CountOf(string queue) => _queues.TryGetValue(queue, out var lines) ? lines.Rows.Sum(l => l.Count) : 0;

    public QueuedJob? Find(JobId job) => _jobs.GetValueOrDefault(job);

    public WaitingTask? Find(TaskId task) => _again.GetValueOrDefault(task);

    public QueuedJob Add(JobId id, JobSpec spec, DateTimeOffset submittedAt)
    {
        if (_jobs.TryGetValue(id, out var known)) return known;
        var job = new QueuedJob(id, _specs.Name(spec.Name), _specs.Of(spec), submittedAt, _shapes);
        _jobs.Add(id, job);
        Line(spec.Queue, job.Key).Own = job;
        return job;
    }

    /// <summary>The job is over: nothing of it waits.</summary>
    public void Remove(JobId id)
    {
        if (!_jobs.Remove(id, out var job) || !_queues.TryGetValue(job.Spec.Queue, out var lines) || !lines.TryGet(job.Key, out var line)) return;
        foreach (var waiting in line.Again.Values) _again.Remove(waiting.Task);
        Drop(job.Spec.Queue, job.Key);
    }

    /// <summary>Queues a task with a history, in place of what was known of it.</summary>
    public void Put(WaitingTask waiting)
    {
        TakeAgain(waiting.Task);
        _again.Add(waiting.Task, waiting);
        Line(waiting.Queue, waiting.Key).Put(waiting);
        Find(waiting.Task.Job)?.Move(waiting.Task.Index, TaskPlace.Again);
    }

    /// <summary>Takes out a task with a history.</summary>
    public WaitingTask? TakeAgain(TaskId task)
    {
        if (!_again.Remove(task, out var waiting)) return null;
        _queues[waiting.Queue].TryGet(waiting.Key, out var line);
        line.Again.Remove(task.Index);
        if (line is { Own: null, Count: 0 }) Drop(waiting.Queue, waiting.Key);
        return waiting;
    }

    /// <summary>Place of a task in its queue, from 1; null when it does not wait there. Cost: O(jobs of the queue + tasks of its own job).</summary>
    public int? PositionOf(TaskId task, string queue, QueueKey key)
    {
        if (!_queues.TryGetValue(queue, out var lines)) return null;
        var ahead = 0;
        foreach (var line in lines.Rows)
        {
            if (line.Key.CompareTo(key) < 0)
            {
                ahead += line.Count;
                continue;
            }

            if (line.Key != key) return null;
            if (line.Again.ContainsKey(task.Index)) return ahead + line.Again.Keys.Count(i => i < task.Index) + 1;
            if (line.Own is not { } job || !job.Has(task.Index) || job.PlaceOf(task.Index) != TaskPlace.Fresh) return null;
            return ahead + line.Again.Count + job.Groups.Sum(g => g.CountBefore(task.Index)) + 1;
        }

        return null;
    }

    /// <summary>Tasks of a queue that come before a place in it. Cost: O(jobs of the queue).</summary>
    public int Ahead(string queue, QueueKey key)
    {
        if (!_queues.TryGetValue(queue, out var lines)) return 0;
        var ahead = 0;
        foreach (var line in lines.Rows)
        {
            if (line.Key.CompareTo(key) >= 0) break;
            ahead += line.Count;
        }

        return ahead;
    }

    private QueueLine Line(string queue, QueueKey key)
    {
        if (!_queues.TryGetValue(queue, out var lines)) _queues.Add(queue, lines = new SortedRows<QueueKey, QueueLine>());
        if (lines.TryGet(key, out var known)) return known;
        var line = new QueueLine(key, queue);
        lines.Put(key, line);
        return line;
    }

    private void Drop(string queue, QueueKey key)
    {
        _queues[queue].Remove(key);
        if (_queues[queue].Count == 0) _queues.Remove(queue);
    }
}
