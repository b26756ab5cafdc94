namespace Lepton.Tests.Shared;

/// <summary>The folder of the repository: the first one above these programs that holds the solution.</summary>
internal static class RepositoryRoot
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Lepton.Orleans.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new DirectoryNotFoundException("Lepton.Orleans.sln stands in no folder above this program."));
}
