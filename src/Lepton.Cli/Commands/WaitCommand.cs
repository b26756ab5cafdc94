using System.CommandLine;
using Lepton.Cli.Waiting;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton wait ID</c>: until a job or task is over; the exit code says whether it succeeded.</summary>
internal static class WaitCommand
{
    public static Command Create(Runner runner)
    {
        var id = Arguments.Id("Job or task");
        var command = new Command("wait", "Wait until a job or task is over; exit code 8 when it did not succeed.") { id };
        runner.Bind(command, async (parsed, context) =>
        {
            var text = parsed.GetRequiredValue(id);
            if (text.Contains('/', StringComparison.Ordinal))
            {
                var task = await JobWait.Task(context, text);
                context.Print.Data(task, LeptonJson.Default.TaskDetail, t => [t.Id], t => context.Print.Line(JobWait.Progress(t)));
                return JobWait.ExitOf(task.State);
            }

            var job = await JobWait.Job(context, text);
            context.Print.Data(job, LeptonJson.Default.JobDetail, j => [j.Id], j => context.Print.Line(JobWait.Progress(j)));
            return JobWait.ExitOf(job.State);
        });
        return command;
    }
}
