namespace Lepton.Tests.Shared;

/// <summary>The kept texts that are no good specs: <c>tests/corpus/specs</c>, and what is refused about each in <c>specs.expected.txt</c>.</summary>
internal static class SpecCorpus
{
    public static string Folder { get; } = RepositoryRoot.PathOf("tests", "corpus", "specs");

    public static string ExpectedFile { get; } = RepositoryRoot.PathOf("tests", "corpus", "specs.expected.txt");

    public static IReadOnlyList<string> Names { get; } = [.. Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>Every expected error line by name of the text.</summary>
    public static IReadOnlyDictionary<string, string[]> Expected()
    {
        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? lines = null;
        foreach (var line in File.Exists(ExpectedFile) ? File.ReadLines(ExpectedFile) : [])
        {
            if (line.StartsWith("== ", StringComparison.Ordinal)) lines = found[line[3..]] = [];
            else if (line.Length > 0) lines?.Add(line);
        }

        return found.ToDictionary(f => f.Key, f => f.Value.ToArray(), StringComparer.Ordinal);
    }
}
