using System.Globalization;
using Lepton.Model;

namespace Lepton.Grains.Queries;

/// <summary>
/// Where a page of tasks ended: its last task, and when that one's job was submitted, so that the list goes on behind its place even when the
/// job is gone by then. Newest job first, same time by id. Opaque to callers.
/// </summary>
internal readonly record struct TaskCursor(DateTimeOffset SubmittedAt, TaskId Task)
{
    private const char Separator = '@';

    /// <exception cref="ArgumentException">Not a cursor of a list of tasks.</exception>
    public static TaskCursor Parse(string text)
    {
        var at = text.IndexOf(Separator, StringComparison.Ordinal);
        if (at > 0
            && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && TaskId.TryParse(text[..at], out var task))
        {
            return new TaskCursor(new DateTimeOffset(ticks, TimeSpan.Zero), task);
        }

        throw new ArgumentException($"'{text}' is not a cursor of a list of tasks. Maybe take the one the page before has given, unchanged.", nameof(text));
    }

    /// <summary>Index of the first task of a job behind the cursor; null when the whole job is before it.</summary>
    public int? FirstOf(JobId job, DateTimeOffset submittedAt)
    {
        if (job == Task.Job) return Task.Index + 1;
        return Order(submittedAt, job, SubmittedAt, Task.Job) > 0 ? 0 : null;
    }

    public static int Order(DateTimeOffset submittedAt, JobId job, DateTimeOffset otherSubmittedAt, JobId other)
    {
        var newestFirst = otherSubmittedAt.CompareTo(submittedAt);
        return newestFirst != 0 ? newestFirst : job.CompareTo(other);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Task}{Separator}{SubmittedAt.UtcTicks}");
}
