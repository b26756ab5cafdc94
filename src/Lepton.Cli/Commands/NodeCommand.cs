using System.CommandLine;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton node cordon|drain|resume NAME</c>: what a person wants of a machine.</summary>
internal static class NodeCommand
{
    public static Command Create(Runner runner) => new("node", "Cordon, drain or resume a node.")
    {
        Of(runner, "cordon", NodeAction.Cordon, "Place nothing new on it; what runs goes on."),
        Of(runner, "drain", NodeAction.Drain, "Place nothing new on it; what runs is asked to end with its grace and goes on elsewhere. No retry is counted."),
        Of(runner, "resume", NodeAction.Resume, "Let it take work again."),
    };

    private static Command Of(Runner runner, string word, NodeAction action, string description)
    {
        var name = new Argument<string>("name") { Description = "The node as region/name.", HelpName = "NAME" };
        var reason = new Option<string?>("--reason") { Description = "Kept with the node and told with the ends of what ran there.", HelpName = "TEXT" };
        var command = new Command(word, description) { name };
        if (action != NodeAction.Resume) command.Options.Add(reason);
        runner.Bind(command, async (parsed, context) =>
        {
            var held = await context.Lepton.HoldNodeAsync(parsed.GetRequiredValue(name), action, action == NodeAction.Resume ? null : parsed.GetValue(reason), context.Cancel);
            context.Print.Data(
                held,
                LeptonJson.Default.NodeHeld,
                h => [h.Id],
                h => context.Print.Line($"{h.Id} {(h.Hold == "None" ? "resumed" : h.Hold.ToLowerInvariant())}: {h.State}, {h.Attempts} attempt{(h.Attempts == 1 ? "" : "s")} on it"));
            return ExitCodes.Done;
        });
        return command;
    }
}
