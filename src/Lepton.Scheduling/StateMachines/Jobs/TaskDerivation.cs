using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <summary>Phase of a task that has no row of its own, and why.</summary>
public readonly record struct DerivedTask(TaskPhase Phase, string Message);

/// <summary>What is true of a task that was never dispatched: it has no row, so its job's row says it.</summary>
public static class TaskDerivation
{
    /// <param name="job">The job's stored row.</param>
    /// <param name="index">A task of that job.</param>
    /// <param name="hasRow">Whether the task has a row; then that row alone is the truth and there is nothing to derive.</param>
    /// <returns>Null when the task's own row tells; else pending, or cancelled with the cause.</returns>
    public static DerivedTask? Of(JobRow job, int index, bool hasRow)
    {
        if (hasRow) return null;
        if (job.CancelledIndexes.OrEmpty().Contains(index)) return new(TaskPhase.Cancelled, "cancelled before it was dispatched");
        if (job.CancelAsked) return new(TaskPhase.Cancelled, job.Message ?? "cancelled before it was dispatched");
        var group = job.Spec.GroupOf(index).Name;
        if (job.DoomedGroups.OrEmpty().FirstOrDefault(d => d.Group == group) is { } doomed) return new(TaskPhase.Cancelled, doomed.Why);
        return job.EndedAt is null ? new(TaskPhase.Pending, "") : new(TaskPhase.Cancelled, "the job ended before it was dispatched");
    }
}
