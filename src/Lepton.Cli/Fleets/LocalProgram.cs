using System.Runtime.InteropServices;
using Lepton.Linux;

namespace Lepton.Cli.Fleets;

/// <summary>Where the program of a local fleet lies: in <c>local/</c> of a published folder, or where it was built in the sources.</summary>
internal static class LocalProgram
{
    private const string File = "Lepton.Local.dll";

    /// <exception cref="UsageException">Nowhere.</exception>
    public static string Find(string folder)
    {
        var published = Path.Combine(folder, "local", File);
        if (System.IO.File.Exists(published)) return published;
        var built = Built(Path.TrimEndingDirectorySeparator(folder));
        return built is not null && System.IO.File.Exists(built)
            ? built
            : throw new UsageException(
                $"The program of a local fleet is not there: neither {published}{(built is null ? "" : $" nor {built}")}.",
                "Maybe publish lepton anew (dotnet publish -c Release src/Lepton.Cli), or build silos/Lepton.Local.");
    }

    /// <summary>The <c>dotnet</c> that runs this process, else the one on the search path.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Dotnet(Func<string, string?> environment)
    {
        if (environment("DOTNET_HOST_PATH") is { Length: > 0 } host && System.IO.File.Exists(host)) return host;
        // .../shared/Microsoft.NETCore.App/10.x/ lies three folders below dotnet.
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return System.IO.File.Exists(beside)
            ? beside
            : Programs.Find("dotnet", environment("PATH")) ?? throw new UsageException("dotnet is not on the PATH.", "Maybe install the .NET 10 runtime.");
    }

    /// <summary>bin/CONFIGURATION/FRAMEWORK of this program is that of the other one too.</summary>
    private static string? Built(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (!System.IO.File.Exists(Path.Combine(at, "Lepton.Orleans.sln"))) continue;
            var framework = Path.GetFileName(folder);
            var configuration = Path.GetFileName(Path.GetDirectoryName(folder));
            return Path.Combine(at, "silos", "Lepton.Local", "bin", configuration ?? "", framework, File);
        }

        return null;
    }
}
