using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>Rule 1: what was acknowledged is durable, stays, and ends; a recorded outcome never changes.</summary>
internal sealed class NothingLost(IWorldView world) : IChecker
{
    private readonly Dictionary<JobId, JobSpec> _acknowledged = [];
    private readonly Dictionary<TaskId, (TaskPhase Phase, int Attempt)> _outcomes = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case JobAcknowledged acknowledged:
                _acknowledged.TryAdd(acknowledged.Job, acknowledged.Spec);
                if (RowOf(acknowledged.Job) is not { } row)
                    Broken($"{acknowledged.Job} was acknowledged and has no row.", acknowledged.Job);
                else if (row.BodyHash != acknowledged.BodyHash)
                    Broken($"{acknowledged.Job} was acknowledged for body {acknowledged.BodyHash}; the row has {row.BodyHash}.", acknowledged.Job);
                break;
            case RowWritten { Before.Value.Row: JobRow { EndedAt: not null } before, After.Value.Row: JobRow after }
                when before.Phase != after.Phase || before.EndedAt != after.EndedAt || before.Succeeded != after.Succeeded || before.Failed != after.Failed:
                Broken($"{before.Job} had ended as {before.Phase} at {before.EndedAt:O} and is now {after.Phase} at {after.EndedAt:O}.", before.Job);
                break;
            case RowWritten { Before.Value.Row: TaskRow before, After.Value.Row: TaskRow after }
                when before.Phase.IsTerminal() && (before.Phase != after.Phase || before.Attempt != after.Attempt || before.EndedAt != after.EndedAt || before.Current?.End != after.Current?.End):
                Broken($"{before.Task} had ended as {before.Phase} with attempt {before.Attempt} and is now {after.Phase} with attempt {after.Attempt}.", before.Task);
                break;
            case RowWritten { After.Value.Row: TaskRow ended } when ended.Phase.IsTerminal():
                Recorded(ended);
                break;
            case RowWritten { Before.Value.Row: GuestRow { End: { } told } before, After.Value.Row: GuestRow after }
                when before.Attempt == after.Attempt && told != after.End:
                Broken($"guest {before.Attempt} had ended as {told.Cause} and now says {after.End?.Cause.ToString() ?? "nothing"}.", before.Attempt.Task);
                break;
        }
    }

    public void End()
    {
        foreach (var (job, spec) in _acknowledged)
        {
            if (RowOf(job) is not { } row)
            {
                Broken($"{job} was acknowledged and its row is gone.", job);
                continue;
            }

            if (row.Spec.TaskCount != spec.TaskCount) Broken($"{job} was accepted with {spec.TaskCount} tasks and has {row.Spec.TaskCount}.", job);
            if (row.EndedAt is not null) Count(row);
        }

        foreach (var (task, outcome) in _outcomes)
        {
            var row = world.Read(task.Owner, TaskRow.KeyOf(task))?.Value.Row as TaskRow;
            if (row?.Phase != outcome.Phase || row.Attempt != outcome.Attempt)
                Broken($"{task} had ended as {outcome.Phase} with attempt {outcome.Attempt}; its row is now {row?.Phase.ToString() ?? "gone"}.", task);
        }
    }

    /// <summary>The first outcome that was durable is the one for ever, whatever the disk says later.</summary>
    private void Recorded(TaskRow row)
    {
        if (!_outcomes.TryAdd(row.Task, (row.Phase, row.Attempt)) && _outcomes[row.Task] != (row.Phase, row.Attempt))
            Broken($"{row.Task} had ended as {_outcomes[row.Task].Phase} with attempt {_outcomes[row.Task].Attempt} and ends again as {row.Phase} with attempt {row.Attempt}.", row.Task);
    }

    /// <summary>The counts of an ended job are those of its task rows; a task without a row counts as cancelled.</summary>
    private void Count(JobRow row)
    {
        int succeeded = 0, failed = 0, cancelled = 0, rows = 0;
        foreach (var record in world.Rows(row.Job.Owner, TaskRow.PrefixOf(row.Job)))
        {
            var task = (TaskRow)record.Value.Row;
            rows++;
            if (task.Phase == TaskPhase.Succeeded) succeeded++;
            else if (task.Phase == TaskPhase.Cancelled) cancelled++;
            else failed++;
            if (!task.Phase.IsTerminal()) Broken($"{row.Job} has ended as {row.Phase} and its task {task.Task} is {task.Phase}.", task.Task);
        }

        cancelled += row.Spec.TaskCount - rows;
        if (row.Succeeded != succeeded || row.Failed + row.CancelledCount != failed + cancelled)
        {
            Broken(
                $"{row.Job} counts {row.Succeeded} succeeded, {row.Failed} failed, {row.CancelledCount} cancelled; its task rows say {succeeded}, {failed}, {cancelled}.",
                row.Job);
        }

        if (row.Phase == JobPhase.Succeeded && succeeded != row.Spec.TaskCount)
            Broken($"{row.Job} has ended as Succeeded with {succeeded} of {row.Spec.TaskCount} tasks succeeded.", row.Job);
    }

    private JobRow? RowOf(JobId job) => world.Read(job.Owner, JobRow.KeyOf(job))?.Value.Row as JobRow;

    private void Broken(string message, object entity) => world.Violate(Rules.NothingLost, message, entity.ToString()!);
}
