using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Cli.Waiting;
using Lepton.Client;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton cancel ID...</c>: jobs and tasks; each is asked, also when one before it failed.</summary>
internal static class CancelCommand
{
    public static Command Create(Runner runner)
    {
        var ids = new Argument<string[]>("id") { Description = "Jobs or tasks.", Arity = ArgumentArity.OneOrMore, HelpName = "ID" };
        var reason = new Option<string?>("--reason") { Description = "Kept with the task.", HelpName = "TEXT" };
        var force = new Option<bool>("--force") { Description = "Kill at once: no grace for a checkpoint." };
        var wait = new Option<bool>("--wait") { Description = "Wait until everything has ended." };
        var command = new Command("cancel", "Ask jobs or tasks to end.") { ids, reason, force, wait };
        runner.Bind(command, (parsed, context) =>
        {
            var errors = new ErrorPrinter(context.Terminal, parsed.GetValue(runner.Globals.Verbose));
            return Run(context, errors, parsed.GetRequiredValue(ids), new CancelOptions(parsed.GetValue(reason), parsed.GetValue(force)), parsed.GetValue(wait));
        });
        return command;
    }

    private static async Task<int> Run(CommandContext context, ErrorPrinter errors, string[] ids, CancelOptions options, bool wait)
    {
        var exit = ExitCodes.Done;
        var asked = new List<(string Id, bool IsTask)>();
        foreach (var id in ids)
        {
            try
            {
                var isTask = id.Contains('/', StringComparison.Ordinal);
                var accepted = isTask
                    ? await context.Lepton.CancelTaskAsync(id, options, context.Cancel)
                    : await context.Lepton.CancelJobAsync(id, options, context.Cancel);
                asked.Add((accepted.Id, isTask));
                context.Print.Data(accepted, Lepton.Client.Wire.LeptonJson.Default.CancelAccepted, a => [a.Id], a => context.Print.Line($"{a.Id} cancelling{(a.Force ? " (force)" : "")}"));
            }
            catch (LeptonException e)
            {
                errors.Print(e);
                if (exit == ExitCodes.Done) exit = ExitCodes.Of(e);
            }
        }

        if (!wait) return exit;
        foreach (var (id, isTask) in asked)
        {
            if (isTask) await JobWait.Task(context, id);
            else await JobWait.Job(context, id);
        }

        return exit;
    }
}
