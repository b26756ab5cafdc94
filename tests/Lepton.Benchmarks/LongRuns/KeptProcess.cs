using System.Diagnostics;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>A program that is started again whenever it is not there, and killed on purpose now and then.</summary>
internal sealed class KeptProcess(string name) : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private Process? _process;
    private bool _killed;

    public int? Pid => _process is { HasExited: false } ? _process.Id : null;

    /// <summary>Starts it unless it lives. The answer says that it had ended although nobody killed it.</summary>
    public string? Keep(string log, string program, params string[] arguments)
    {
        if (Pid is not null) return null;
        var death = _process is { HasExited: true } && !_killed ? $"the {name} ended by itself with code {_process.ExitCode}" : null;
        // The shell only opens the log and becomes the program.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", log, "dotnet", program, .. arguments]) start.ArgumentList.Add(argument);
        _process?.Dispose();
        _killed = false;
        _process = Process.Start(start);
        return death;
    }

    /// <summary>False: it did not live.</summary>
    public bool Kill()
    {
        if (Pid is not { } pid) return false;
        _killed = true;
        Proc.Signal(pid, Proc.SigKill);
        _process?.WaitForExit(TimeSpan.FromSeconds(10));
        return true;
    }

    public async Task Stop()
    {
        _killed = true;
        if (Pid is not { } pid) return;
        Proc.Signal(pid, Proc.SigTerm);
        using var limit = new CancellationTokenSource(StopPatience);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Proc.Signal(pid, Proc.SigKill);
        }
    }

    public void Dispose() => _process?.Dispose();
}
