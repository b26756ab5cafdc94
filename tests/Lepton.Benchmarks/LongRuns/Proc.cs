using System.Globalization;
using System.Runtime.InteropServices;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>Processes of this machine as /proc tells them. What is gone meanwhile counts as nothing.</summary>
internal static partial class Proc
{
    public const int SigTerm = 15;
    public const int SigKill = 9;

    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    /// <summary>Live processes whose command line or environment names the folder.</summary>
    public static IReadOnlyList<int> OfHome(string home) =>
        [.. from folder in Directory.EnumerateDirectories("/proc")
            let pid = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0
            where pid > 0 && pid != Environment.ProcessId && !IsZombie(pid)
            where Text(pid, "cmdline").Contains(home, StringComparison.Ordinal) || Text(pid, "environ").Contains(home, StringComparison.Ordinal)
            select pid];

    /// <summary>Arguments, each followed by a blank.</summary>
    public static string CommandLine(int pid) => Text(pid, "cmdline").Replace('\0', ' ');

    public static ProcessSample Sample(string name, int pid)
    {
        var status = Text(pid, "status");
        var state = Text(pid, "stat");
        var fields = state.Length == 0 ? [] : state[(state.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessSample(
            name,
            pid,
            KiB(status, "VmRSS:"),
            KiB(status, "RssAnon:"),
            KiB(status, "RssShmem:"),
            Count($"/proc/{pid}/fd"),
            fields.Length > 17 && int.TryParse(fields[17], out var threads) ? threads : 0);
    }

    /// <summary>Bytes of all files below a folder.</summary>
    public static long FolderBytes(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
                .Sum(f => FileBytes(f.FullName));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public static long FileBytes(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static bool IsZombie(int pid) => Text(pid, "stat") is var s && s.Length > 0 && s[(s.LastIndexOf(')') + 2)..].StartsWith('Z');

    private static long KiB(string status, string name)
    {
        var line = status.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n << 10 : 0;
    }

    private static int Count(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Count();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string Text(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

/// <summary>One process at one moment.</summary>
/// <param name="Private">Of the resident memory that which is of no file.</param>
/// <param name="Shared">Of the resident memory that which lies in memory files: compiled code.</param>
/// <param name="Heap">Managed bytes after the last collection, 0 where the process did not answer.</param>
/// <param name="Committed">What the managed heap has taken.</param>
internal sealed record ProcessSample(string Name, int Pid, long Resident, long Private, long Shared, int Handles, int Threads, long Heap = 0, long Committed = 0)
{
    /// <summary>What the process takes by itself outside its managed heap: memory of the C library, stacks, compiled code.</summary>
    public long Native => Math.Max(0, Private + Shared - Committed);
}
