using System.CommandLine;
using Lepton.Cli.Waiting;
using Lepton.Client;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton logs ID</c>: a task's log as it is, or as it grows.</summary>
internal static class LogsCommand
{
    public static Command Create(Runner runner)
    {
        var id = Arguments.Id("Task (or a job that has one task)");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the task (or the attempt) is over." };
        var attempt = Arguments.Number("--attempt", "Which run; default: the newest.", 1);
        var tail = Arguments.Number("--tail", "Only the last lines.", 0);
        var command = new Command("logs", "Write a task's log to stdout, also after its node is gone.") { id, follow, attempt, tail };
        runner.Bind(command, async (parsed, context) =>
        {
            if (context.Print.Asked is { } asked)
            {
                throw new UsageException($"logs writes the log as it is; -o {asked.ToString().ToLowerInvariant()} means nothing here.", "Leave -o out.");
            }

            var task = parsed.GetRequiredValue(id);
            var start = new LogRead(parsed.GetValue(attempt));
            if (parsed.GetValue(tail) is { } lines) start = await context.Lepton.LastLines(task, start, lines, context.Cancel);
            if (parsed.GetValue(follow)) await LogStream.Follow(context, task, start);
            else await Read(context, task, start);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task Read(CommandContext context, string task, LogRead next)
    {
        while (true)
        {
            var page = await context.Lepton.ReadLogAsync(task, next, context.Cancel);
            if (page.Attempt == 0)
            {
                context.Print.Note($"{page.Task} is {page.TaskState} and has not run yet; why: lepton explain {page.Task}");
                return;
            }

            if (page.Bytes.Length > 0) await context.Terminal.Raw(page.Bytes, context.Cancel);
            if (page.Bytes.Length == 0 || page.Next >= page.Length) return;
            next = next with { Attempt = page.Attempt, Offset = page.Next };
        }
    }
}
