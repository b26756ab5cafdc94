using System.Globalization;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Devices.Isolation;

/// <summary>The agent's part of the cgroup v2 tree, where it is one and the agent may write there: one group for each attempt.</summary>
/// <remarks>
/// The agent moves itself into a leaf of its own group, because a group that hands controllers down may hold no processes. Groups keep their names
/// across agents: an adopted attempt is found again. What a group is told is read back: a limit that the kernel did not take is no limit.
/// </remarks>
internal sealed class CgroupTree
{
    private const string Root = "/sys/fs/cgroup";
    private const string Leaf = "lepton-agent";
    private const string Attempts = "lepton-attempts";
    private const string Wanted = "+cpu +memory +pids";
    private const long PeriodMicroseconds = 100_000;

    private readonly string _attempts;

    private CgroupTree(string attempts) => _attempts = attempts;

    /// <summary>The tree, or in words why there is none.</summary>
    public static (CgroupTree? Tree, string Why) Open() => Open(Root, File.Exists("/proc/self/cgroup") ? File.ReadAllText("/proc/self/cgroup") : "");

    /// <param name="root">Where the version 2 tree is mounted.</param>
    /// <param name="own">Text of <c>/proc/self/cgroup</c>.</param>
    public static (CgroupTree? Tree, string Why) Open(string root, string own)
    {
        var controllers = ReadOrNull(Path.Combine(root, "cgroup.controllers"));
        if (controllers is null) return (null, $"{root} is no cgroup version 2 tree");
        if (Missing(controllers) is { } absent) return (null, $"the controller '{absent}' is not in the version 2 tree of this machine");
        var line = own.Split('\n').FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal));
        if (line is null) return (null, "this process is in no version 2 group");
        var group = Path.Combine(root, line[3..].Trim().TrimStart('/'));
        if (Path.GetFileName(group) == Leaf) group = Path.GetDirectoryName(group)!;        // a former agent in this very group moved its successor along
        if (Missing(ReadOrNull(Path.Combine(group, "cgroup.controllers")) ?? "") is { } kept) return (null, $"the controller '{kept}' is not delegated to {group}");
        try
        {
            var leaf = Directory.CreateDirectory(Path.Combine(group, Leaf)).FullName;
            foreach (var pid in File.ReadAllLines(Path.Combine(group, "cgroup.procs"))) File.WriteAllText(Path.Combine(leaf, "cgroup.procs"), pid);
            File.WriteAllText(Path.Combine(group, "cgroup.subtree_control"), Wanted);
            var attempts = Directory.CreateDirectory(Path.Combine(group, Attempts)).FullName;
            File.WriteAllText(Path.Combine(attempts, "cgroup.subtree_control"), Wanted);
            return (new CgroupTree(attempts), "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (null, $"{group} is not delegated to this agent: {refused.Message}");
        }
    }

    /// <summary>The group of an attempt, made now or before; it holds nobody until a process writes itself in.</summary>
    public AttemptCgroup Of(AttemptId attempt) => new(Path.Combine(_attempts, Name(attempt)));

    /// <summary>Makes the group and sets its limits.</summary>
    /// <exception cref="IOException">The kernel does not take a limit: what is asked for cannot be enforced.</exception>
    public AttemptCgroup Make(AttemptId attempt, Capacity limits)
    {
        var group = Of(attempt);
        Directory.CreateDirectory(group.Path);
        Set(group, "memory.max", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        Set(group, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1000, limits.MilliCpu * PeriodMicroseconds / 1000)} {PeriodMicroseconds}"));
        Set(group, "memory.oom.group", "1");
        return group;
    }

    private static void Set(AttemptCgroup group, string file, string value)
    {
        var path = Path.Combine(group.Path, file);
        File.WriteAllText(path, value);
        var taken = File.ReadAllText(path).Trim();
        if (file == "memory.max" && long.TryParse(taken, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0) return;    // rounded down to whole pages
        if (taken != value) throw new IOException($"{path} says '{taken}' after '{value}' was written");
    }

    private static string? Missing(string controllers)
    {
        var there = controllers.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(["memory", "cpu"], c => !there.Contains(c));
    }

    private static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Name(AttemptId attempt) => string.Concat(attempt.ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
}
