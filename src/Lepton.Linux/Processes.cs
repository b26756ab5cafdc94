using System.Globalization;

namespace Lepton.Linux;

/// <summary>Processes of this machine as <c>/proc</c> tells them to this user.</summary>
public static class Processes
{
    /// <summary>Name of a process as a person knows it: of the program, or of the assembly that <c>dotnet</c> runs; null when it is gone.</summary>
    public static string? NameOf(int pid)
    {
        if (Read($"/proc/{pid}/comm")?.Trim() is not { Length: > 0 } name) return null;
        var words = (Read($"/proc/{pid}/cmdline") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var assembly = words.Skip(1).FirstOrDefault(w => w.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));
        return assembly is not null && Path.GetFileName(words[0]) == "dotnet" ? Path.GetFileNameWithoutExtension(assembly) : name;
    }

    /// <summary>True when a living process has that number; one that only waits to be buried is none.</summary>
    public static bool IsAlive(int pid) =>
        Read($"/proc/{pid}/stat") is { } stat && !stat[(stat.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z');

    /// <summary>Processes that have open what a link of that text stands for: a path, or <c>socket:[inode]</c>.</summary>
    public static IEnumerable<int> WithOpen(Func<string, bool> link)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && HasOpen(pid, link) == true) yield return pid;
        }
    }

    /// <summary>Null when this user may not see what the process has open.</summary>
    public static bool? HasOpen(int pid, Func<string, bool> link)
    {
        try
        {
            foreach (var file in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
            {
                if (TargetOf(file) is { } target && link(target)) return true;
            }

            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            return false;       // it ended while we looked
        }
    }

    internal static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
