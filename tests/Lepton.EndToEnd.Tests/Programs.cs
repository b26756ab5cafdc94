using System.Runtime.InteropServices;

namespace Lepton.EndToEnd.Tests;

/// <summary>The built programs, found beside these tests' own output.</summary>
internal static partial class Programs
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigStop = 19;
    public const int SigCont = 18;

    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>bin/CONFIGURATION/FRAMEWORK of these tests is that of the programs too.</summary>
    private static readonly string Flavour = Path.GetRelativePath(Path.Combine(Root, "tests", "Lepton.EndToEnd.Tests", "bin"), AppContext.BaseDirectory);

    public static string Local => Built("silos/Lepton.Local", "Lepton.Local.dll");

    public static string Silo => Built("silos/Lepton.Silo", "Lepton.Silo.dll");

    public static string Agent => Built("src/Lepton.Agent", "Lepton.Agent.dll");

    public static string Cli => Built("src/Lepton.Cli", "lepton.dll");

    /// <summary>Sends a signal to one process that these tests started or know by their own home folder.</summary>
    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    /// <summary>Live processes (zombies left out) whose command line or environment names the folder: everything that belongs to a fleet's home.</summary>
    public static IReadOnlyList<int> OfHome(string home)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || pid == Environment.ProcessId) continue;
            if (Names(folder, home)) found.Add(pid);
        }

        return found;
    }

    public static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static bool Names(string folder, string home)
    {
        try
        {
            var status = File.ReadAllText(Path.Combine(folder, "stat"));
            if (status[(status.LastIndexOf(')') + 2)..].StartsWith('Z')) return false;
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(home, StringComparison.Ordinal)
                || File.ReadAllText(Path.Combine(folder, "environ")).Contains(home, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Built(string project, string file)
    {
        var path = Path.Combine(Root, project, "bin", Flavour, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} was not built. Maybe build the solution first.");
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Lepton.Orleans.sln"))
            ? folder
            : FindRoot(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Lepton.Orleans.sln stands in no folder above the tests."));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
