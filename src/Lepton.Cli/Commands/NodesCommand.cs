using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton nodes</c>: the machines of all regions or of one.</summary>
internal static class NodesCommand
{
    public static Command Create(Runner runner)
    {
        var region = new Option<string?>("--region") { Description = "Only nodes of this region.", HelpName = "REGION" };
        var (limit, cursor) = (Arguments.Limit(), Arguments.Cursor());
        var command = new Command("nodes", "List nodes.") { region, limit, cursor };
        runner.Bind(command, async (parsed, context) =>
        {
            var page = await context.Lepton.ListNodesAsync(
                new NodeFilter { Region = parsed.GetValue(region), Limit = parsed.GetValue(limit) ?? ListLimits.Default, Cursor = parsed.GetValue(cursor) },
                context.Cancel);
            context.Print.Data(page, LeptonJson.Default.PageNodeDetail, p => p.Items.Select(n => n.Id), p => context.Print.Table(Grids.Of(p.Items, context.Print.Wide, context.Now)));
            context.Print.Rest(page, "nodes");
            return ExitCodes.Done;
        });
        return command;
    }
}
