using System.Globalization;
using Lepton.Cli.Output;

namespace Lepton.Cli.Doctor;

/// <summary>Whether this machine can run silos and agents: each check looks at its facts only and says what it makes of them.</summary>
internal static class MachineChecks
{
    private const int NeededRuntime = 10;
    private const long FilesNeeded = 1024;
    private const long FilesWanted = 8192;
    private const long ProcessesWanted = 2048;
    private const long InotifyWanted = 128;
    private const long BytesNeeded = 1L << 30;
    private const long BytesWanted = 10L << 30;

    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan VerySlowSync = TimeSpan.FromMilliseconds(200);

    public static IEnumerable<Finding> All(IMachine machine, string home, string? nvmlLibrary = null) =>
    [
        Runtime(machine), .. Tools(machine), Cgroups(machine), .. Limits(machine), Disk(machine, home), Sync(machine, home), Clock(machine), .. DeviceChecks.All(machine, nvmlLibrary),
    ];

    public static Finding Runtime(IMachine machine)
    {
        var sdk = machine.Find("dotnet") is { } dotnet ? $"dotnet at {dotnet}" : "no dotnet on the PATH (needed to build, and for lepton up)";
        return machine.Runtime.Major >= NeededRuntime
            ? Finding.Ok("runtime", $".NET {machine.Runtime}; {sdk}")
            : Finding.Fail("runtime", $".NET {machine.Runtime}; {sdk}", $"Install .NET {NeededRuntime}.");
    }

    public static IEnumerable<Finding> Tools(IMachine machine)
    {
        foreach (var (tool, package) in new[] { ("setsid", "util-linux"), ("sh", "dash") })
        {
            yield return machine.Find(tool) is { } path
                ? Finding.Ok(tool, path)
                : Finding.Fail(tool, $"{tool} is not on the PATH: an agent here starts no task.", $"Install it, for example the package {package}.");
        }
    }

    public static Finding Cgroups(IMachine machine)
    {
        if (machine.Read("/sys/fs/cgroup/cgroup.controllers") is { } controllers) return Finding.Ok("cgroup", $"version 2: {controllers.Trim()}");
        return Finding.Warn(
            "cgroup",
            machine.Exists("/sys/fs/cgroup/memory") ? "version 1 only" : "none is mounted at /sys/fs/cgroup",
            "Agents run without it; limits set from outside (systemd, containers) want version 2.");
    }

    public static IEnumerable<Finding> Limits(IMachine machine)
    {
        var limits = machine.Read("/proc/self/limits") ?? "";
        yield return Limit("open files", SoftLimit(limits, "Max open files"), FilesNeeded, FilesWanted, "ulimit -n 65536, or LimitNOFILE= in the service");
        yield return Limit("processes", SoftLimit(limits, "Max processes"), 1, ProcessesWanted, "ulimit -u 65536, or TasksMax= in the service");
        var inotify = long.TryParse(machine.Read("/proc/sys/fs/inotify/max_user_instances"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var most) ? most : (long?)null;
        yield return Limit("inotify", inotify, 1, InotifyWanted, "sysctl fs.inotify.max_user_instances=512");
    }

    public static Finding Disk(IMachine machine, string home) => machine.FreeBytes(home) switch
    {
        null => Finding.Warn("disk", $"how much is free at {home} cannot be told", "Maybe LEPTON_HOME points to a file system without such figures."),
        < BytesNeeded and var free => Finding.Fail("disk", $"{Words.Bytes(free)} free at {home}", $"Make room: below {Words.Bytes(BytesNeeded)} a store soon refuses new work."),
        < BytesWanted and var free => Finding.Warn("disk", $"{Words.Bytes(free)} free at {home}", $"Logs and artifacts grow up to their limits; {Words.Bytes(BytesWanted)} is a comfortable start."),
        { } free => Finding.Ok("disk", $"{Words.Bytes(free)} free at {home}"),
    };

    public static Finding Sync(IMachine machine, string home)
    {
        var times = machine.Sync(home);
        if (times.Error is { } error) return Finding.Fail("fsync", $"no file can be written at {home}: {error}", "Correct the permissions, or point LEPTON_HOME elsewhere.");
        var said = FormattableString.Invariant($"a synced write takes {times.Median.TotalMilliseconds:0.0} ms (worst {times.Worst.TotalMilliseconds:0.0} ms) at {home}");
        const string faster = "Every acknowledgement waits for one: put LEPTON_HOME on a faster disk.";
        return times.Median >= VerySlowSync ? Finding.Fail("fsync", said, faster) : times.Median >= SlowSync ? Finding.Warn("fsync", said, faster) : Finding.Ok("fsync", said);
    }

    public static Finding Clock(IMachine machine)
    {
        var now = machine.Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return machine.Now.Year is >= 2025 and < 2100 ? Finding.Ok("clock", now) : Finding.Fail("clock", $"{now} cannot be right", "Set it, and keep it by NTP.");
    }

    /// <summary>The soft limit out of <c>/proc/self/limits</c>; <see cref="long.MaxValue"/> where there is none.</summary>
    private static long? SoftLimit(string limits, string name)
    {
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        var soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return soft == "unlimited" ? long.MaxValue : long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static Finding Limit(string what, long? limit, long needed, long wanted, string how) => limit switch
    {
        null => Finding.Warn(what, "the limit cannot be told", $"Maybe {how}."),
        long.MaxValue => Finding.Ok(what, "unlimited"),
        _ when limit < needed => Finding.Fail(what, FormattableString.Invariant($"at most {limit:N0}"), $"Raise it: {how}."),
        _ when limit < wanted => Finding.Warn(what, FormattableString.Invariant($"at most {limit:N0}"), $"{wanted.ToString("N0", CultureInfo.InvariantCulture)} are wanted for many tasks: {how}."),
        _ => Finding.Ok(what, FormattableString.Invariant($"at most {limit:N0}")),
    };
}
