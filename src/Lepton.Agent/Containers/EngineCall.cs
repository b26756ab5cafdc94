using System.ComponentModel;
using System.Diagnostics;

namespace Lepton.Agent.Containers;

/// <summary>What a short command of a container engine said.</summary>
/// <param name="Code">Its exit code; -1: it could not be started or took too long, and <paramref name="Error"/> says so.</param>
internal sealed record EngineCall(int Code, string Output, string Error)
{
    public bool Ok => Code == 0;

    /// <summary>The last line it complained with.</summary>
    public string Why => Error.Split('\n').LastOrDefault(l => !string.IsNullOrWhiteSpace(l))?.Trim() is { } line ? line : $"exit code {Code}";

    /// <summary>Runs one command to its end, or kills it when the time is up.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, and is killed.</exception>
    public static async Task<EngineCall> Run(string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Clear();
        foreach (var (name, value) in ClientVariables.Make()) start.Environment[name] = value;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            return new EngineCall(-1, "", $"{program} cannot be started: {missing.Message}");
        }
        using (process)
        using (var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            limited.CancelAfter(limit);
            process.StandardInput.Close();
            try
            {
                var (output, error) = (process.StandardOutput.ReadToEndAsync(limited.Token), process.StandardError.ReadToEndAsync(limited.Token));
                await process.WaitForExitAsync(limited.Token);
                return new EngineCall(process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancel.ThrowIfCancellationRequested();
                return new EngineCall(-1, "", FormattableString.Invariant($"{Path.GetFileName(program)} has not answered for {limit.TotalSeconds:0} s"));
            }
        }
    }
}
