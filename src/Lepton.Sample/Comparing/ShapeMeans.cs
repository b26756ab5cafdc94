using Lepton.Sample.Features;

namespace Lepton.Sample.Comparing;

/// <summary>Number and sum of the targets of one shape.</summary>
internal readonly record struct Tally(int Count, double Sum)
{
    public static Tally operator +(Tally a, Tally b) => new(a.Count + b.Count, a.Sum + b.Sum);
}

/// <summary>The baseline: the mean target of a shape over all training rows; for an unseen shape the mean of all.</summary>
internal sealed class ShapeMeans
{
    private readonly Dictionary<string, Tally> _shapes = [];
    private Tally _all;

    /// <summary>Pools the tallies of several shards.</summary>
    public ShapeMeans(IEnumerable<IReadOnlyDictionary<string, Tally>> shards)
    {
        foreach (var (shape, tally) in shards.SelectMany(shard => shard))
        {
            _shapes[shape] = _shapes.GetValueOrDefault(shape) + tally;
            _all += tally;
        }
    }

    public static IReadOnlyDictionary<string, Tally> Tally(IEnumerable<FeatureRow> rows) => rows
        .GroupBy(row => row.Shape)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => new Tally(group.Count(), group.Sum(row => row.Target)));

    public double[] Predict(IReadOnlyList<FeatureRow> rows) => [.. rows.Select(row =>
    {
        var tally = _shapes.GetValueOrDefault(row.Shape, _all);
        return tally.Sum / tally.Count;
    })];
}
