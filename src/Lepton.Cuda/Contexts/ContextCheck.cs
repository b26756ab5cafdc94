using System.ComponentModel;
using System.Diagnostics;

namespace Lepton.Cuda.Contexts;

/// <summary>Opens a context on one device in a child process: a context costs memory, shows as a GPU process, and can hang for ever. The agent never opens one.</summary>
/// <param name="program">The child: a program, and arguments before the verb. <see cref="Beside"/> is the one of this library.</param>
/// <param name="library">Path of libcuda.so.1, or its bare name.</param>
public sealed class ContextCheck(string program, IReadOnlyList<string> arguments, string library = ContextCheck.Library)
{
    public const string Library = "libcuda.so.1";

    /// <summary>The child program that is built with this library and lies beside it.</summary>
    public static ContextCheck Beside(string library = Library)
    {
        var folder = Path.GetDirectoryName(typeof(ContextCheck).Assembly.Location) ?? AppContext.BaseDirectory;
        var host = Path.Combine(folder, "Lepton.Cuda");
        return File.Exists(host) ? new(host, [], library) : new("dotnet", [host + ".dll"], library);
    }

    /// <summary>Always ends within the timeout, with whatever was found; the child does not outlive the call.</summary>
    public async Task<ContextVerdict> RunAsync(string uuid, TimeSpan timeout, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, [.. arguments, ContextChild.Verb, library]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CUDA_VISIBLE_DEVICES"] = uuid;
        start.Environment["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
        using var child = new Process { StartInfo = start };
        try
        {
            child.Start();
        }
        catch (Win32Exception e)
        {
            return new(uuid, ContextOutcome.NotChecked, $"'{program}' does not start: {e.Message}");
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            var said = child.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = child.StandardError.ReadToEndAsync(limit.Token);
            await child.WaitForExitAsync(limit.Token);
            return Judge(uuid, child.ExitCode, (await said).Trim(), (await errors).Trim());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(uuid, ContextOutcome.TimedOut, $"No context within {timeout.TotalSeconds:0.###} s.");
        }
        finally
        {
            if (!child.HasExited) child.Kill(entireProcessTree: true);
        }
    }

    private static ContextVerdict Judge(string uuid, int exit, string said, string errors) => exit switch
    {
        ContextChild.Ok => new(uuid, ContextOutcome.Ok, said),
        ContextChild.Failed => new(uuid, ContextOutcome.Failed, said),
        ContextChild.NoLibrary => new(uuid, ContextOutcome.NotChecked, said),
        _ => new(uuid, ContextOutcome.Crashed, $"The child ended with {exit}. {errors}".TrimEnd()),
    };
}
