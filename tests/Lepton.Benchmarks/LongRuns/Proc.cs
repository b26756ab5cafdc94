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
        var memory = Text(pid, "statm").Split(' ');
        var state = Text(pid, "stat");
        var fields = state.Length == 0 ? [] : state[(state.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessSample(
            name,
            pid,
            memory.Length > 1 && long.TryParse(memory[1], out var pages) ? pages * Environment.SystemPageSize : 0,
            Count($"/proc/{pid}/fd"),
            fields.Length > 17 && int.TryParse(fields[17], out var threads) ? threads : 0,
            0);
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

/// <summary>One process at one moment. <c>Heap</c>: managed bytes after the last collection, 0 where the process does not tell.</summary>
internal sealed record ProcessSample(string Name, int Pid, long Resident, int Handles, int Threads, long Heap);
