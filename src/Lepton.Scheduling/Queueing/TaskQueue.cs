using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Queueing;

/// <summary>
/// Everything that waits in a region, in order: priority, time of submit, job, index. Fresh array tasks are bytes; objects are only tasks with a
/// history, own jobs and guests.
/// </summary>
internal sealed class TaskQueue(ImmutableArray<RegionId> fleet)
{
    private readonly SortedDictionary<QueueKey, QueueLine> _lines = [];
    private readonly Dictionary<JobId, QueuedJob> _jobs = [];
    private readonly Dictionary<TaskId, WaitingTask> _again = [];

    /// <summary>Lines with at least one task, or of an own live job, in order.</summary>
    public IEnumerable<QueueLine> Lines => _lines.Values;

    public IReadOnlyCollection<QueuedJob> Jobs => _jobs.Values;

    /// <summary>Tasks that wait. Cost: O(jobs).</summary>
    public int Count => _again.Count + _jobs.Values.Sum(j => j.FreshCount);

    public QueuedJob? Find(JobId job) => _jobs.GetValueOrDefault(job);

    public WaitingTask? Find(TaskId task) => _again.GetValueOrDefault(task);

    public QueuedJob Add(JobId id, JobSpec spec, DateTimeOffset submittedAt)
    {
        if (_jobs.TryGetValue(id, out var known)) return known;
        var job = new QueuedJob(id, spec, submittedAt, fleet);
        _jobs.Add(id, job);
        Line(job.Key).Own = job;
        return job;
    }

    /// <summary>The job is over: nothing of it waits.</summary>
    public void Remove(JobId id)
    {
        if (!_jobs.Remove(id, out var job) || !_lines.Remove(job.Key, out var line)) return;
        foreach (var waiting in line.Again.Values) _again.Remove(waiting.Task);
    }

    /// <summary>Queues a task with a history, in place of what was known of it.</summary>
    public void Put(WaitingTask waiting)
    {
        TakeAgain(waiting.Task);
        _again.Add(waiting.Task, waiting);
        Line(waiting.Key).Again.Add(waiting.Task.Index, waiting);
        Find(waiting.Task.Job)?.Move(waiting.Task.Index, TaskPlace.Again);
    }

    /// <summary>Takes out a task with a history.</summary>
    public WaitingTask? TakeAgain(TaskId task)
    {
        if (!_again.Remove(task, out var waiting)) return null;
        var line = _lines[waiting.Key];
        line.Again.Remove(task.Index);
        if (line is { Own: null, Count: 0 }) _lines.Remove(waiting.Key);
        return waiting;
    }

    /// <summary>Tasks before this one; null when it does not wait. Cost: O(jobs + tasks of its own job).</summary>
    public int? PositionOf(TaskId task, QueueKey key)
    {
        var ahead = 0;
        foreach (var line in _lines.Values)
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

    private QueueLine Line(QueueKey key)
    {
        if (!_lines.TryGetValue(key, out var line)) _lines.Add(key, line = new QueueLine(key));
        return line;
    }
}
