namespace Lepton.Benchmarks.Roadef;

/// <summary>The files a run writes: <c>{instance}</c> and <c>{seed}</c> in the name make a file for each run, otherwise the last run's is kept.</summary>
internal sealed record RoadefOutput(string? Pattern)
{
    /// <summary>Refuses what could not be written, before anything runs for minutes.</summary>
    public void Check()
    {
        if (Pattern is null) return;
        var folder = Path.GetDirectoryName(Path.GetFullPath(Of("a", 1)));
        if (!Directory.Exists(folder)) throw new UsageException($"--out {Pattern}: there is no folder {folder}. Maybe make it first.");
        if (Directory.Exists(Of("a", 1))) throw new UsageException($"--out {Pattern} is a folder. Maybe {Path.Combine(Pattern, "{instance}-{seed}.txt")}.");
    }

    public string Of(string instance, ulong seed) => Pattern!
        .Replace("{instance}", instance, StringComparison.Ordinal)
        .Replace("{seed}", $"{seed}", StringComparison.Ordinal);
}
