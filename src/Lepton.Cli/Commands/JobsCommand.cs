using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton jobs</c>: a page of jobs.</summary>
internal static class JobsCommand
{
    public static Command Create(Runner runner)
    {
        var name = new Option<string?>("--name") { Description = "Only jobs of this whole name.", HelpName = "NAME" };
        var live = new Option<bool>("--live") { Description = "Only jobs that are not over." };
        var (owner, limit, cursor) = (Arguments.Owner(), Arguments.Limit(), Arguments.Cursor());
        var command = new Command("jobs", "List jobs, newest first.") { name, live, owner, limit, cursor };
        runner.Bind(command, async (parsed, context) =>
        {
            var page = await context.Lepton.ListJobsAsync(
                new JobFilter
                {
                    Name = parsed.GetValue(name),
                    LiveOnly = parsed.GetValue(live),
                    Owner = parsed.GetValue(owner),
                    Limit = parsed.GetValue(limit) ?? ListLimits.Default,
                    Cursor = parsed.GetValue(cursor),
                },
                context.Cancel);
            context.Print.Data(page, LeptonJson.Default.PageJobSummary, p => p.Items.Select(j => j.Id), p => context.Print.Table(Grids.Of(p.Items, context.Print.Wide, context.Now)));
            context.Print.Rest(page, "jobs");
            return ExitCodes.Done;
        });
        return command;
    }
}
