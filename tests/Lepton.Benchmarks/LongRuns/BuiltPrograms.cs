namespace Lepton.Benchmarks.LongRuns;

/// <summary>Programs of this repository, built in the same configuration as these benchmarks.</summary>
internal static class BuiltPrograms
{
    public static string Silo => Built("silos/Lepton.Silo", "Lepton.Silo.dll");

    public static string Agent => Built("src/Lepton.Agent", "Lepton.Agent.dll");

    private static string Built(string project, string file)
    {
        var root = Root(AppContext.BaseDirectory);
        var flavour = Path.GetRelativePath(Path.Combine(root, "tests", "Lepton.Benchmarks", "bin"), AppContext.BaseDirectory);
        var path = Path.Combine(root, project, "bin", flavour, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} was not built. Maybe dotnet build -c Release {project}.");
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Lepton.Orleans.sln"))
            ? folder
            : Root(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Lepton.Orleans.sln stands in no folder above the benchmarks."));
}
