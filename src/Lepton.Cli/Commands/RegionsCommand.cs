using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton regions [REGION]</c>: all regions or one; a silent one as it was last heard of.</summary>
internal static class RegionsCommand
{
    public static Command Create(Runner runner)
    {
        var region = new Argument<string?>("region") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne, HelpName = "REGION" };
        var command = new Command("regions", "List regions.") { region };
        runner.Bind(command, async (parsed, context) =>
        {
            if (parsed.GetValue(region) is { } name)
            {
                var one = await context.Lepton.GetRegionAsync(name, context.Cancel);
                context.Print.Data(one, LeptonJson.Default.RegionDetail, r => [r.Region], r =>
                {
                    context.Print.Table(Grids.Of([r], context.Print.Wide));
                    if (!r.Devices.IsEmpty) context.Print.Table(Grids.Of(r.Devices));
                });
                Silent(context, [one]);
                return ExitCodes.Done;
            }

            var page = await context.Lepton.ListRegionsAsync(context.Cancel);
            context.Print.Data(page, LeptonJson.Default.PageRegionDetail, p => p.Items.Select(r => r.Region), p => context.Print.Table(Grids.Of(p.Items, context.Print.Wide)));
            Silent(context, page.Items);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Silent(CommandContext context, IEnumerable<RegionDetail> regions)
    {
        foreach (var r in regions.Where(r => r is { State: RegionDetail.Unreachable, Message: not null })) context.Print.Note($"{r.Region}: {r.Message}");
    }
}
