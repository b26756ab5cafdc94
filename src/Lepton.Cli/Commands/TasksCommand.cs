using System.Collections.Immutable;
using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton tasks</c>: a page of tasks, filtered on the server.</summary>
internal static class TasksCommand
{
    public static Command Create(Runner runner)
    {
        var state = new Option<string[]>("--state") { Description = "Only these states, e.g. pending,running.", HelpName = "STATES" };
        var job = new Option<string?>("--job") { Description = "Only tasks of this job.", HelpName = "ID" };
        var label = new Option<string[]>("--label", "-l") { Description = "Only with this label; may be repeated.", HelpName = "NAME=VALUE" };
        var region = new Option<string?>("--region") { Description = "Only what runs, or ran last, in this region.", HelpName = "REGION" };
        var (owner, limit, cursor) = (Arguments.Owner(), Arguments.Limit(), Arguments.Cursor());
        var command = new Command("tasks", "List tasks, newest first.") { state, job, label, region, owner, limit, cursor };
        runner.Bind(command, async (parsed, context) =>
        {
            var page = await context.Lepton.ListTasksAsync(
                new TaskFilter
                {
                    States = States(parsed.GetValue(state) ?? []),
                    Job = parsed.GetValue(job),
                    Labels = Labels(parsed.GetValue(label) ?? []),
                    Region = parsed.GetValue(region),
                    Owner = parsed.GetValue(owner),
                    Limit = parsed.GetValue(limit) ?? ListLimits.Default,
                    Cursor = parsed.GetValue(cursor),
                },
                context.Cancel);
            context.Print.Data(page, LeptonJson.Default.PageTaskSummary, p => p.Items.Select(t => t.Id), p => context.Print.Table(Grids.Of(p.Items, context.Print.Wide, context.Now)));
            context.Print.Rest(page, "tasks");
            return ExitCodes.Done;
        });
        return command;
    }

    private static ImmutableArray<string> States(string[] given) =>
    [
        .. given.SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(g =>
            TaskStates.All.FirstOrDefault(s => string.Equals(s, g, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"--state '{g}' is not known.", $"Known are: {string.Join(", ", TaskStates.All)}.")),
    ];

    private static ImmutableSortedDictionary<string, string> Labels(string[] given)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new UsageException($"--label '{text}' is not name=value.", "Maybe -l team=nlp.");
            labels[text[..equals]] = text[(equals + 1)..];
        }

        return labels.ToImmutable();
    }
}
