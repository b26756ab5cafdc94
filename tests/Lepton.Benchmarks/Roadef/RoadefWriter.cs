namespace Lepton.Benchmarks.Roadef;

/// <summary>Writes a solution in the challenge's format: the machine of every process.</summary>
internal static class RoadefWriter
{
    public static void Write(string path, ReadOnlySpan<int> machines) => File.WriteAllText(path, string.Join(' ', machines.ToArray()) + "\n");
}
