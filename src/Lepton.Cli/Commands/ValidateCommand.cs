using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton validate FILE</c>: reads a spec here and at the server, says what it would become, submits nothing.</summary>
internal static class ValidateCommand
{
    public static Command Create(Runner runner)
    {
        var file = Arguments.SpecFile();
        var set = Arguments.Set();
        var command = new Command("validate", "Check a job spec; nothing is submitted.") { file, set };
        runner.Bind(command, async (parsed, context) =>
        {
            var json = await SpecFile.ReadJson(context.Terminal, parsed.GetRequiredValue(file), parsed.GetValue(set) ?? [], context.Cancel);
            var check = await context.Lepton.ValidateAsync(json, context.Cancel);
            context.Print.Data(check, LeptonJson.Default.SpecCheck, c => [c.Name], c => Show(context, c));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(CommandContext context, SpecCheck check)
    {
        context.Print.Line($"{check.Kind} {check.Name} is valid: {Words.Count(check.Tasks, "task")}");
        var grid = new Grid("GROUP", "TASKS", "ASKS", "AFTER");
        foreach (var g in check.Groups) grid.Add(g.Name, $"{g.Tasks}", Words.Asked(g.Demand), string.Join(", ", g.DependsOn));
        context.Print.Table(grid);
        context.Print.Note("nothing was submitted");
    }
}
