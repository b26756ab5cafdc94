using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton get task|job ID</c>: the spec that submits again (YAML, the default), or the whole record (JSON).</summary>
internal static class GetCommand
{
    public static Command Create(Runner runner)
    {
        var command = new Command("get", "Get the spec of a job or task, ready to submit again; -o json: its record.");
        command.Subcommands.Add(Job(runner));
        command.Subcommands.Add(Task(runner));
        return command;
    }

    private static Command Job(Runner runner)
    {
        var id = Arguments.Id("Job");
        var command = new Command("job", "Get a job.") { id };
        runner.Bind(command, async (parsed, context) =>
        {
            var job = await context.Lepton.GetJobAsync(parsed.GetRequiredValue(id), context.Cancel);
            if (WantsSpec(context)) Spec(context, job);
            else context.Print.Data(job, LeptonJson.Default.JobDetail, j => [j.Id], j => context.Print.Table(Grids.Of([j], context.Print.Wide, context.Now)));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Task(Runner runner)
    {
        var id = Arguments.Id("Task");
        var command = new Command("task", "Get a task.") { id };
        runner.Bind(command, async (parsed, context) =>
        {
            var task = await context.Lepton.GetTaskAsync(parsed.GetRequiredValue(id), context.Cancel);
            if (!WantsSpec(context))
            {
                context.Print.Data(task, LeptonJson.Default.TaskDetail, t => [t.Id], t => context.Print.Table(Grids.Of([t], context.Print.Wide, context.Now)));
                return ExitCodes.Done;
            }

            var job = await context.Lepton.GetJobAsync(task.Job, context.Cancel);
            if (job.Tasks > 1) context.Print.Note($"this is the spec of the whole job {job.Id}, which {task.Id} is one of {job.Tasks} tasks of");
            Spec(context, job);
            return ExitCodes.Done;
        });
        return command;
    }

    private static bool WantsSpec(CommandContext context) => context.Print.Asked is null or OutputKind.Yaml;

    private static void Spec(CommandContext context, JobDetail job) => context.Terminal.Out.Write(job.Spec.EndsWith('\n') ? job.Spec : job.Spec + "\n");
}
