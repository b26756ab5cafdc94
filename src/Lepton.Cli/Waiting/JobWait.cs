using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Waiting;

/// <summary>Waits for jobs and tasks, says on stderr what changes, and gives the exit code of what came of them.</summary>
internal static class JobWait
{
    public static async Task<JobDetail> Job(CommandContext context, string id)
    {
        string? said = null;
        return await Polling.Until(
            async cancel =>
            {
                var job = await context.Lepton.GetJobAsync(id, cancel);
                if (said is null || context.TimeoutExit == ExitCodes.Refused)
                {
                    context.TimeoutExit = await HasStarted(context, job, cancel) ? ExitCodes.TimedOut : ExitCodes.Refused;
                }

                return job;
            },
            job =>
            {
                var now = Progress(job);
                if (now != said) context.Print.Note(said = now);
                return TaskStates.IsJobOver(job.State);
            },
            context.Time,
            context.Cancel);
    }

    public static async Task<TaskDetail> Task(CommandContext context, string id)
    {
        string? said = null;
        return await Polling.Until(
            cancel => context.Lepton.GetTaskAsync(id, cancel),
            task =>
            {
                var now = Progress(task);
                if (now != said) context.Print.Note(said = now);
                context.TimeoutExit = task.State == "Pending" ? ExitCodes.Refused : ExitCodes.TimedOut;
                return TaskStates.IsOver(task.State);
            },
            context.Time,
            context.Cancel);
    }

    public static int ExitOf(string state) => TaskStates.HasSucceeded(state) ? ExitCodes.Done : ExitCodes.TaskFailed;

    public static string Progress(TaskSummary task)
    {
        var where = task.Node is { } node ? $" on {node}" : "";
        var why = task.Reason is { } reason ? $": {reason}{(task.Evidence is { } e ? $", {e}" : "")}" : "";
        var exit = task.ExitCode is { } code and not 0 ? $" with exit code {code}" : "";
        var message = TaskStates.IsOver(task.State) && task.Message is { } m ? $": {m}" : "";
        return $"{task.Id} {task.State}{where}{exit}{why}{message}";
    }

    public static string Progress(JobDetail job)
    {
        var (done, failed, cancelled) = (job.Groups.Sum(g => g.Succeeded), job.Groups.Sum(g => g.Failed), job.Groups.Sum(g => g.Cancelled));
        var bad = (failed > 0 ? $", {failed} failed" : "") + (cancelled > 0 ? $", {cancelled} cancelled" : "");
        var message = TaskStates.IsJobOver(job.State) && job.Message is { } m ? $": {m}" : "";
        return $"{job.Id} {job.State}, {done} of {job.Tasks} succeeded{bad}{message}";
    }

    /// <summary>A job is pending until the first of its tasks is placed.</summary>
    private static async Task<bool> HasStarted(CommandContext context, JobDetail job, CancellationToken cancel)
    {
        if (job.Groups.Any(g => g.Succeeded + g.Failed + g.Cancelled > 0)) return true;
        var placed = await context.Lepton.ListTasksAsync(new TaskFilter { Job = job.Id, States = TaskStates.InFlight, Limit = 1 }, cancel);
        return placed.Total > 0;
    }
}
