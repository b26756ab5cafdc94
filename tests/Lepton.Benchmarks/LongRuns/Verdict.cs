namespace Lepton.Benchmarks.LongRuns;

/// <summary>A figure over time with its judgement.</summary>
/// <param name="Growth">What the straight line through the last half gains over that half, in the figure's unit.</param>
/// <param name="Bound">The most it may gain; beyond, it does not level out.</param>
internal sealed record Verdict(string What, string Unit, double First, double Middle, double Last, double Most, double Growth, double Bound, bool Judged)
{
    /// <summary>A run shorter than this has not warmed up: its figures are shown and not judged.</summary>
    public static readonly TimeSpan LeastLength = TimeSpan.FromMinutes(15);

    public bool LevelsOut => Growth <= Bound;

    /// <param name="share">Of the mean of the last half.</param>
    /// <param name="floor">Allowed in any case: what a collection, a cache or a checkpoint makes figures swing by.</param>
    public static Verdict Of(string what, string unit, IReadOnlyList<(double At, double Value)> points, double share, double floor)
    {
        if (points.Count < 4) return new Verdict(what, unit, 0, 0, 0, 0, 0, floor, false);
        var half = points.Where(p => p.At >= points[^1].At / 2).ToList();
        var mean = half.Average(p => p.Value);
        var growth = Slope(half) * (half[^1].At - half[0].At);
        var judged = points[^1].At >= LeastLength.TotalSeconds;
        return new Verdict(what, unit, points[0].Value, half[0].Value, points[^1].Value, points.Max(p => p.Value), growth, Math.Max(share * mean, floor), judged);
    }

    /// <summary>Least squares: sum((t - t')(v - v')) / sum((t - t')^2).</summary>
    internal static double Slope(IReadOnlyList<(double At, double Value)> points)
    {
        var (at, value) = (points.Average(p => p.At), points.Average(p => p.Value));
        var spread = points.Sum(p => (p.At - at) * (p.At - at));
        return spread == 0 ? 0 : points.Sum(p => (p.At - at) * (p.Value - value)) / spread;
    }
}
