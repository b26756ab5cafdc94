using System.Globalization;

namespace Lepton.Agent.Devices.Isolation;

/// <summary>The control group of one attempt: only the command and what it starts are in it, the shim is not, so that an exit code is left to read.</summary>
internal sealed record AttemptCgroup(string Path)
{
    /// <summary>A process writes itself in before it becomes the command; where it may not, it does not run.</summary>
    private const string Enter = """
        echo $$ >"$0/cgroup.procs" || { echo "cannot enter the control group $0" >&2; exit 125; }
        exec "$@"
        """;

    /// <summary>The command, run in the group.</summary>
    public IReadOnlyList<string> Wrap(IReadOnlyList<string> command) => ["/bin/sh", "-c", Enter, Path, .. command];

    /// <summary>Has the kernel killed in this group for lack of memory?</summary>
    public bool RanOutOfMemory => Read("memory.events") is { } events && events.Split('\n').Any(IsKill);

    /// <summary>The most memory it ever had; null where the kernel does not tell.</summary>
    public long? PeakBytes => long.TryParse(Read("memory.peak")?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    public bool Exists => Directory.Exists(Path);

    /// <summary>Kills everybody in the group at one stroke, escaped or not.</summary>
    public void Kill()
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "cgroup.kill"), "1");
        }
        catch (Exception older) when (older is IOException or UnauthorizedAccessException)
        {
            // Kernels before 5.14 have no such file, and a group that is gone holds nobody: the sweep of marks comes next in any case.
        }
    }

    /// <summary>Pids in it now.</summary>
    public IReadOnlyList<int> Pids() =>
        [.. (Read("cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => int.Parse(l, NumberStyles.None, CultureInfo.InvariantCulture))];

    /// <summary>Removes the group. False: somebody is in it still.</summary>
    public bool Remove()
    {
        try
        {
            if (Exists) Directory.Delete(Path);
            return true;
        }
        catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsKill(string line) =>
        line.Split(' ') is ["oom_kill", var count] && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var kills) && kills > 0;

    private string? Read(string file)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(Path, file));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
