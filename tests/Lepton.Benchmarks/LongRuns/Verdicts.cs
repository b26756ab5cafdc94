namespace Lepton.Benchmarks.LongRuns;

/// <summary>Which figures of a long run are judged, and by which bound.</summary>
internal static class Verdicts
{
    private const double MiB = 1 << 20;

    public static IReadOnlyList<Verdict> Of(IReadOnlyList<Sample> samples)
    {
        var silo = $"silo {LongRunOptions.Spared}";
        var agent = $"agent {LongRunOptions.Spared}";
        List<Verdict> all =
        [
            Verdict.Of($"{silo}: resident memory", "MiB", Processes(samples, silo, p => p.Resident / MiB), 0.08, 16),
            Verdict.Of($"{silo}: managed heap", "MiB", Processes(samples, silo, p => p.Heap / MiB, p => p.Heap > 0), 0.15, 8),
            Verdict.Of($"{silo}: managed heap with its reserve", "MiB", Processes(samples, silo, p => p.Committed / MiB, p => p.Committed > 0), 0.15, 16),
            Verdict.Of($"{silo}: native memory", "MiB", Processes(samples, silo, p => p.Native / MiB, p => p.Committed > 0), 0.08, 8),
            Verdict.Of($"{silo}: handles", "", Processes(samples, silo, p => p.Handles), 0.05, 8),
            Verdict.Of($"{silo}: threads", "", Processes(samples, silo, p => p.Threads), 0.1, 5),
            Verdict.Of($"{agent}: resident memory", "MiB", Processes(samples, agent, p => p.Resident / MiB), 0.08, 12),
            Verdict.Of($"{agent}: managed heap", "MiB", Processes(samples, agent, p => p.Heap / MiB, p => p.Heap > 0), 0.15, 4),
            Verdict.Of($"{agent}: managed heap with its reserve", "MiB", Processes(samples, agent, p => p.Committed / MiB, p => p.Committed > 0), 0.15, 8),
            Verdict.Of($"{agent}: native memory", "MiB", Processes(samples, agent, p => p.Native / MiB, p => p.Committed > 0), 0.08, 8),
            Verdict.Of($"{agent}: handles", "", Processes(samples, agent, p => p.Handles), 0.05, 12),
            Verdict.Of($"{agent}: threads", "", Processes(samples, agent, p => p.Threads), 0.1, 5),
        ];
        foreach (var region in LongRunOptions.Regions)
        {
            all.Add(Verdict.Of($"{region}: store", "MiB", Disks(samples, region, d => d.Store / MiB), 0.1, 1));
            all.Add(Verdict.Of($"{region}: write-ahead log", "MiB", Disks(samples, region, d => d.Wal / MiB), 0.1, 16));
            all.Add(Verdict.Of($"{region}: artifacts", "MiB", Disks(samples, region, d => d.Artifacts / MiB), 0.2, 2));
            all.Add(Verdict.Of($"{region}: logs", "MiB", Disks(samples, region, d => d.Logs / MiB), 0.2, 1));
            all.Add(Verdict.Of($"{region}: folder of the agent", "MiB", Disks(samples, region, d => d.Agent / MiB), 0.2, 1));
        }

        return all;
    }

    public static IReadOnlyList<(double At, double Value)> Processes(
        IReadOnlyList<Sample> samples, string name, Func<ProcessSample, double> value, Func<ProcessSample, bool>? has = null) =>
        [.. from s in samples from p in s.Processes where p.Name == name && (has is null || has(p)) select (s.AtSeconds, value(p))];

    public static IReadOnlyList<(double At, double Value)> Disks(IReadOnlyList<Sample> samples, string region, Func<DiskSample, double> value) =>
        [.. from s in samples from d in s.Disks where d.Region == region select (s.AtSeconds, value(d))];
}
