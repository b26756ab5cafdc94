namespace Lepton.Benchmarks.Roadef;

/// <summary>Gaps over instances and seeds: the median of the seeds, clamped at 0 from below, then the mean over a set.</summary>
internal sealed class RoadefTable
{
    private readonly Dictionary<string, (char Set, List<double> Gaps)> _gaps = [];

    public void Add(RoadefInstance instance, double gap)
    {
        if (!_gaps.TryGetValue(instance.Name, out var entry)) _gaps[instance.Name] = entry = (instance.Set, []);
        entry.Gaps.Add(Math.Max(0, gap));
    }

    public void Print(double seconds, string optimiser)
    {
        foreach (var set in _gaps.GroupBy(g => g.Value.Set))
        {
            var medians = set.Select(g => (Name: g.Key, Gap: Median(g.Value.Gaps))).ToList();
            var worst = medians.MaxBy(m => m.Gap);
            Figure.Print(
                "roadef",
                $"mean_gap_percent_set_{set.Key}",
                medians.Average(m => m.Gap),
                "%",
                ("instances", medians.Count),
                ("worst_instance", worst.Name),
                ("worst_gap_percent", Math.Round(worst.Gap, 6)),
                ("seeds", set.First().Value.Gaps.Count),
                ("seconds", seconds),
                ("optimiser", optimiser));
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
