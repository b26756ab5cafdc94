using Lepton.Model;

namespace Lepton.Scheduling.Queueing;

/// <summary>Place of a job's tasks in the queue: higher priority first, then who came first, then the job's name. No two jobs tie.</summary>
internal readonly record struct QueueKey(int Priority, DateTimeOffset SubmittedAt, JobId Job) : IComparable<QueueKey>
{
    public int CompareTo(QueueKey other)
    {
        var byPriority = other.Priority.CompareTo(Priority);
        if (byPriority != 0) return byPriority;
        var byTime = SubmittedAt.CompareTo(other.SubmittedAt);
        return byTime != 0 ? byTime : Job.CompareTo(other.Job);
    }
}
