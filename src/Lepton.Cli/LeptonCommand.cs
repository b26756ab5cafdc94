using System.CommandLine;
using System.CommandLine.Help;
using Lepton.Cli.Commands;
using Lepton.Cli.Doctor;
using Lepton.Cli.Output;
using Lepton.Linux;

namespace Lepton.Cli;

/// <summary>The root: <c>lepton COMMAND</c>. Commands are listed here, in the order in which help shows them.</summary>
internal static class LeptonCommand
{
    /// <param name="machine">What doctor looks at; null: this one.</param>
    /// <param name="become">What up does at its end; null: this process becomes the other program.</param>
    public static async Task<int> Run(
        IReadOnlyList<string> args,
        Terminal terminal,
        TimeProvider time,
        CancellationToken interrupted,
        IMachine? machine = null,
        Action<string, IReadOnlyList<string>>? become = null)
    {
        var globals = new GlobalOptions();
        var runner = new Runner(terminal, globals, time, interrupted);
        var root = new RootCommand("lepton: submit work, see where it runs and why it waits.");
        foreach (var option in globals.All) root.Options.Add(option);
        foreach (var command in (ReadOnlySpan<Command>)
            [
                SubmitCommand.Create(runner), ValidateCommand.Create(runner), StatusCommand.Create(runner), TasksCommand.Create(runner),
                JobsCommand.Create(runner), LogsCommand.Create(runner), WaitCommand.Create(runner), CancelCommand.Create(runner),
                ExplainCommand.Create(runner), GetCommand.Create(runner), NodesCommand.Create(runner), NodeCommand.Create(runner), RegionsCommand.Create(runner),
                SimulateCommand.Create(runner), UpCommand.Create(runner, become ?? Programs.Become),
                DoctorCommand.Create(runner, machine ?? new ThisMachine(terminal.Environment, time)), ConfigCommand.Create(runner),
                CompletionCommand.Create(runner), VersionCommand.Create(runner),
            ])
        {
            root.Subcommands.Add(command);
        }

        foreach (var help in root.Options.OfType<HelpOption>())
        {
            if (help.Action is HelpAction action) action.MaxWidth = terminal.Width;
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return await Refuse(parsed, terminal);
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            },
            interrupted);
        await terminal.Out.FlushAsync(CancellationToken.None);
        return code;
    }

    /// <summary>Every error of the command line; the library itself would exit with 1.</summary>
    private static async Task<int> Refuse(ParseResult parsed, Terminal terminal)
    {
        foreach (var error in ParseErrors.Of(parsed)) await terminal.Error.WriteLineAsync(Harmless.Text($"error: {error}"));
        await terminal.Error.WriteLineAsync($"  See {ParseErrors.PathOf(parsed.CommandResult.Command)} --help.");
        return ExitCodes.Usage;
    }
}
