using System.Diagnostics;
using System.Globalization;
using Lepton.Agent.Shim;
using Lepton.Model;

namespace Lepton.Agent.Processes;

/// <summary>What is started: program and arguments, never a line for a shell.</summary>
/// <param name="Folder">Where the shim keeps pid, log and exit.</param>
/// <param name="Grace">Between SIGTERM and the deadline when the lease runs out.</param>
internal sealed record Launch(
    AttemptId Attempt,
    string Folder,
    string WorkFolder,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    TimeSpan Grace);

/// <summary>Starts commands under the shim, each in a session of its own.</summary>
internal sealed class Launcher(string shimScript, DeadlineFile deadline, ExitWatch watch)
{
    /// <exception cref="System.ComponentModel.Win32Exception">setsid or the work folder is missing, or no process can be made.</exception>
    public ProcessHandle Start(Launch launch)
    {
        var grace = ((long)(launch.Grace.TotalSeconds * 100)).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("setsid", ["/bin/sh", shimScript, launch.Folder, deadline.Path, grace, "--", .. launch.Command])
        {
            UseShellExecute = false,
            WorkingDirectory = launch.WorkFolder,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment) start.Environment[name] = value;
        // A child of ours leads no group, so setsid becomes the shim without another process: this pid is the session.
        using var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        var ticks = ProcStat.Read(process.Id)?.StartTicks ?? 0;
        return ProcessHandle.Follow(launch.Attempt, new ProcessIdentity(ProcessIdentity.ThisBoot, process.Id, ticks), watch);
    }
}
