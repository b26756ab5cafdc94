using System.CommandLine;
using Lepton.Cli.Completion;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton completion bash|zsh|fish</c>: a script that the shell loads.</summary>
internal static class CompletionCommand
{
    public static Command Create(Runner runner)
    {
        var command = new Command("completion", "Write a script with which a shell completes commands and options.");
        command.Subcommands.Add(For(runner, "bash", "source <(lepton completion bash)", BashScript.Of));
        command.Subcommands.Add(For(runner, "zsh", "source <(lepton completion zsh)", ZshScript.Of));
        command.Subcommands.Add(For(runner, "fish", "lepton completion fish | source", FishScript.Of));
        return command;
    }

    private static Command For(Runner runner, string shell, string load, Func<CommandWords, string> script)
    {
        var command = new Command(shell, $"For {shell}. Load it: {load}");
        runner.Bind(command, (parsed, context) =>
        {
            context.RefuseOutput("completion writes a script");
            var root = (RootCommand)parsed.RootCommandResult.Command;
            context.Terminal.Out.Write(script(CommandTree.Of(root)));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
