using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client;

namespace Lepton.Cli;

/// <summary>Runs the body of a command and turns whatever happens into words on stderr and an exit code.</summary>
internal sealed class Runner(Terminal terminal, GlobalOptions globals, TimeProvider time, CancellationToken interrupted)
{
    public GlobalOptions Globals => globals;

    public void Bind(Command command, Func<ParseResult, CommandContext, Task<int>> body) =>
        command.SetAction((parsed, _) => Run(parsed, body));

    private async Task<int> Run(ParseResult parsed, Func<ParseResult, CommandContext, Task<int>> body)
    {
        var quiet = parsed.GetValue(globals.Quiet);
        var errors = new ErrorPrinter(terminal, parsed.GetValue(globals.Verbose));
        var limit = parsed.GetValue(globals.Timeout);
        using var late = limit is { } l ? new CancellationTokenSource(l, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, late.Token);
        HttpClient? http = null;
        CommandContext? context = null;
        try
        {
            var settings = globals.SettingsOf(parsed, terminal.Environment);
            var printer = new Printer(terminal, globals.OutputOf(parsed), settings.Output, quiet, Colours(parsed), time);
            context = new CommandContext(terminal, printer, time, () => http = HttpLepton.NewHttpClient(settings.Server), either.Token);
            return await body(parsed, context);
        }
        catch (LeptonException e)
        {
            errors.Print(e);
            return ExitCodes.Of(e);
        }
        catch (UsageException e)
        {
            errors.Print(e.Message, e.Hint);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            var pending = context?.TimeoutExit == ExitCodes.Refused;
            errors.Print(
                $"--timeout {limit!.Value.TotalSeconds:0.###} s passed{(pending ? "; it is still pending" : "")}.",
                pending ? "Ask why with `lepton explain ID`; nothing was cancelled." : "Maybe wait longer; nothing was cancelled.");
            return context?.TimeoutExit ?? ExitCodes.TimedOut;
        }
        catch (IOException e)
        {
            // A reader such as `head` that has seen enough is no error worth words; a full disk is.
            if (e.HResult is not (BrokenPipeLinux or BrokenPipeWindows)) errors.Print(e.Message, null);
            return ExitCodes.Failure;
        }
        finally
        {
            http?.Dispose();
            await Flush();
        }
    }

    private const int BrokenPipeLinux = 32;
    private const int BrokenPipeWindows = unchecked((int)0x8007006D);

    private bool Colours(ParseResult parsed) =>
        terminal.IsTerminal && !parsed.GetValue(globals.NoColor) && string.IsNullOrEmpty(terminal.Environment("NO_COLOR"));

    private async Task Flush()
    {
        try
        {
            await terminal.Out.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // Nobody reads any more; the exit code is told all the same.
        }
    }
}
