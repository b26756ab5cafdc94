using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Cli.Waiting;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton submit FILE</c>: a spec of any kind; optionally waits for its end or follows its logs.</summary>
internal static class SubmitCommand
{
    private sealed record Asked(string File, string[] Set, bool Wait, bool Follow, bool DryRun, string? Key);

    public static Command Create(Runner runner)
    {
        var file = Arguments.SpecFile();
        var set = Arguments.Set();
        var wait = new Option<bool>("--wait") { Description = "Wait until everything is over; exit code 8 when it did not succeed." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Write the logs to stdout until everything is over; then as --wait." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Submit nothing: show which regions could run it, when and at what price, and what stands against it; exit code 3 when it never can." };
        var key = new Option<string?>("--idempotency-key")
        {
            Description = "Accepted once under this key, however often it is sent. Default: a new one.",
            HelpName = "KEY",
        };
        var command = new Command("submit", "Submit a job spec.") { file, set, wait, follow, key, dryRun };
        runner.Bind(command, (parsed, context) => Run(
            context,
            new Asked(
                parsed.GetRequiredValue(file),
                parsed.GetValue(set) ?? [],
                parsed.GetValue(wait),
                parsed.GetValue(follow),
                parsed.GetValue(dryRun),
                parsed.GetValue(key))));
        return command;
    }

    private static async Task<int> Run(CommandContext context, Asked asked)
    {
        if (asked.DryRun)
        {
            var beside = asked.Wait ? "--wait" : asked.Follow ? "--follow" : asked.Key is not null ? "--idempotency-key" : null;
            if (beside is not null) throw new UsageException($"{beside} stands beside --dry-run, which submits nothing.", "Maybe leave one of them out.");
            return await DryRun(context, asked);
        }

        if (asked.Follow && !context.Print.ForPeople)
        {
            throw new UsageException(
                $"--follow writes logs to stdout, where -o {context.Print.Kind.ToString().ToLowerInvariant()} writes data.",
                "Maybe --wait, and `lepton logs` afterwards.");
        }

        var json = await SpecFile.ReadJson(context.Terminal, asked.File, asked.Set, context.Cancel);
        var accepted = await Judged(() => context.Lepton.SubmitAsync(json, new SubmitOptions(asked.Key), context.Cancel));
        if (accepted.Replayed) context.Print.Note($"{accepted.Job} was accepted before under this key; nothing new was made");
        if (accepted.Residency is { } residency) context.Print.Note($"{accepted.Job} may be in {residency}; it was accepted there");
        if (!asked.Wait && !asked.Follow)
        {
            context.Print.Data(accepted, LeptonJson.Default.SubmitAccepted, a => [a.Job], a => context.Print.Line(Said(a)));
            return ExitCodes.Done;
        }

        context.Print.Note(Said(accepted));
        if (asked.Follow) await Follow(context, accepted);
        var job = await JobWait.Job(context, accepted.Job);
        if (accepted.Tasks == 1)
        {
            var task = await context.Lepton.GetTaskAsync($"{accepted.Job}/0", context.Cancel);
            if (!asked.Follow) context.Print.Data(task, LeptonJson.Default.TaskDetail, t => [t.Id], t => context.Print.Line(JobWait.Progress(t)));
        }
        else if (!asked.Follow)
        {
            context.Print.Data(job, LeptonJson.Default.JobDetail, j => [j.Id], j => context.Print.Line(JobWait.Progress(j)));
        }

        return JobWait.ExitOf(job.State);
    }

    private static async Task<int> DryRun(CommandContext context, Asked asked)
    {
        var json = await SpecFile.ReadJson(context.Terminal, asked.File, asked.Set, context.Cancel);
        var outlook = await Judged(() => context.Lepton.DryRunAsync(json, context.Cancel));
        context.Print.Data(outlook, LeptonJson.Default.SubmitOutlook, o => [o.Outcome], o => OutlookView.Show(context.Print, o));
        return outlook.Outcome == SubmitOutlook.Never ? ExitCodes.Refused : ExitCodes.Done;
    }

    /// <summary>The server judged JSON that was made here: its lines mean nothing to the author, the fields do.</summary>
    private static async Task<T> Judged<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.InvalidSpec && e.Problem.Errors is { Length: > 0 } errors)
        {
            throw new LeptonException(e.Problem with
            {
                Detail = errors.Length == 1 ? ErrorPrinter.Line(errors[0]) : $"The server refused the spec for {errors.Length} reasons.",
            });
        }
    }

    private static async Task Follow(CommandContext context, SubmitAccepted accepted)
    {
        if (accepted.Tasks == 1)
        {
            await LogStream.Follow(context, $"{accepted.Job}/0", new LogRead());
        }
        else if (accepted.Tasks <= ManyLogs.MostTasks)
        {
            using var logs = new ManyLogs(context);
            await logs.Follow(accepted.Job, accepted.Tasks);
        }
        else
        {
            throw new UsageException(
                $"Job {accepted.Job} was accepted with {accepted.Tasks} tasks; logs of at most {ManyLogs.MostTasks} are followed at once.",
                $"Maybe `lepton logs -f {accepted.Job}/0`, and `lepton wait {accepted.Job}`.");
        }
    }

    private static string Said(SubmitAccepted accepted) => accepted.Tasks == 1
        ? $"task {accepted.Job}/0 accepted  {accepted.Name}"
        : $"job {accepted.Job} accepted  {accepted.Name}  {Words.Count(accepted.Tasks, "task")}";
}
