using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Cli.Waiting;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton status [ID] [--watch]</c>: one job or task, or, without an id, the fleet and what is alive in it.</summary>
internal static class StatusCommand
{
    private const int WaitingShown = 10;
    private const int LiveJobsShown = 20;

    public static Command Create(Runner runner)
    {
        var id = new Argument<string?>("id") { Description = "Job or task; without one: the fleet.", Arity = ArgumentArity.ZeroOrOne, HelpName = "ID" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on until it is over, and say what changes." };
        var command = new Command("status", "Show a job, a task or the fleet.") { id, watch };
        runner.Bind(command, (parsed, context) => (parsed.GetValue(id), parsed.GetValue(watch)) switch
        {
            (null, false) => Fleet(context),
            (null, true) => throw new UsageException("--watch needs the id of a job or task.", "Maybe `lepton status ID --watch`."),
            ({ } text, var on) when text.Contains('/', StringComparison.Ordinal) => Task(context, text, on),
            ({ } text, var on) => Job(context, text, on),
        });
        return command;
    }

    private static async Task<int> Task(CommandContext context, string id, bool watch)
    {
        var task = watch ? await JobWait.Task(context, id) : await context.Lepton.GetTaskAsync(id, context.Cancel);
        context.Print.Data(task, LeptonJson.Default.TaskDetail, t => [t.Id], t => Show(context, t));
        return ExitCodes.Done;
    }

    private static async Task<int> Job(CommandContext context, string id, bool watch)
    {
        var job = watch ? await JobWait.Job(context, id) : await context.Lepton.GetJobAsync(id, context.Cancel);
        if (!context.Print.ForPeople)
        {
            context.Print.Data(job, LeptonJson.Default.JobDetail, j => [j.Id], _ => { });
        }
        else if (job.Tasks == 1)
        {
            Show(context, await context.Lepton.GetTaskAsync($"{job.Id}/0", context.Cancel));
        }
        else
        {
            await Show(context, job);
        }

        return ExitCodes.Done;
    }

    private static void Show(CommandContext context, TaskDetail task)
    {
        var age = task.EndedAt is { } end ? $"took {Words.Span(end - task.SubmittedAt)}" : $"submitted {Words.Span(context.Now - task.SubmittedAt)} ago";
        context.Print.Line($"{JobWait.Progress(task)}  ({task.Name}, {age}, asks {Words.Asked(task.Demand)})");
        if (task.Attempts.Length > 0) context.Print.Table(Grids.Of(task.Attempts, context.Now));
        foreach (var m in task.Metrics) context.Print.Line(FormattableString.Invariant($"{m.Name} = {m.Value:0.######} (step {m.Step})"));
        foreach (var a in task.Artifacts) context.Print.Line($"{a.Name}  {Words.Bytes(a.SizeBytes)}  {a.Region}  sha256:{a.Sha256}");
        if (task.State == "Pending") context.Print.Note($"why: lepton explain {task.Id}");
    }

    private static async Task Show(CommandContext context, JobDetail job)
    {
        var age = job.EndedAt is { } end ? $"took {Words.Span(end - job.SubmittedAt)}" : $"submitted {Words.Span(context.Now - job.SubmittedAt)} ago";
        var running = job.EndedAt is null
            ? (await context.Lepton.ListTasksAsync(new TaskFilter { Job = job.Id, States = TaskStates.InFlight, Limit = 1 }, context.Cancel)).Total
            : 0;
        context.Print.Line(FormattableString.Invariant($"{JobWait.Progress(job)}, {running:N0} in flight  ({job.Name}, {age})"));
        context.Print.Table(Grids.Of(job.Groups));
        string[] wanted = TaskStates.IsJobOver(job.State) ? ["Failed", "TimedOut", "Preempted", "Rejected"] : ["Pending", "Unreachable", "Failed", "TimedOut"];
        if (job.State == "Succeeded") return;
        var page = await context.Lepton.ListTasksAsync(new TaskFilter { Job = job.Id, States = [.. wanted], Limit = WaitingShown }, context.Cancel);
        if (page.Items.IsEmpty) return;
        context.Print.Line("");
        context.Print.Table(Grids.Of(page.Items, context.Print.Wide, context.Now));
        if (page.Truncated) context.Print.Note(FormattableString.Invariant($"{page.Items.Length} of {page.Total:N0} that wait or failed; all: lepton tasks --job {job.Id}"));
    }

    private static async Task<int> Fleet(CommandContext context)
    {
        var regions = await context.Lepton.ListRegionsAsync(context.Cancel);
        if (!context.Print.ForPeople)
        {
            context.Print.Data(regions, LeptonJson.Default.PageRegionDetail, p => p.Items.Select(r => r.Region), _ => { });
            return ExitCodes.Done;
        }

        context.Print.Table(Grids.Of(regions.Items, context.Print.Wide));
        var jobs = await context.Lepton.ListJobsAsync(new JobFilter { LiveOnly = true, Limit = LiveJobsShown }, context.Cancel);
        context.Print.Line("");
        if (jobs.Items.IsEmpty) context.Print.Line("No job is alive. Submit one: lepton submit FILE");
        else context.Print.Table(Grids.Of(jobs.Items, context.Print.Wide, context.Now));
        if (jobs.Truncated) context.Print.Note(FormattableString.Invariant($"{jobs.Items.Length} of {jobs.Total:N0} live jobs; all: lepton jobs --live"));
        return ExitCodes.Done;
    }
}
