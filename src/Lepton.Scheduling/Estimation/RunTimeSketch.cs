namespace Lepton.Scheduling.Estimation;

/// <summary>Run times of one kind of task: weights in bins that grow by the fourth root of two, old ones fading.</summary>
/// <remarks>
/// A quantile is within a factor of 2^(1/4) of one that keeps every value. Weight halves with each <see cref="HalfLife"/>. Size: at most
/// <see cref="BinLimit"/> bins; beyond that the two neighbours of least weight are put together. Cost: O(log bins) to add, O(bins) to ask.
/// </remarks>
internal sealed class RunTimeSketch
{
    public const int BinLimit = 48;

    private const int BinsPerOctave = 4;
    private const double Shortest = 0.001;      // seconds
    private const double RescaleAt = 200;       // half-lives

    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(7);

    private readonly List<(int Bin, double Weight)> _bins = [];
    private DateTimeOffset _origin;

    public DateTimeOffset LastAt { get; private set; }

    public int Bins => _bins.Count;

    // weight(value) = 2^((at - origin) / half-life): what is newer counts more, nothing is touched as time passes
    public void Add(TimeSpan ran, DateTimeOffset at)
    {
        if (_bins.Count == 0) _origin = at;
        if (at > LastAt) LastAt = at;
        if ((at - _origin) / HalfLife > RescaleAt) Rescale(at);
        Add(BinOf(ran), double.Exp2((at - _origin) / HalfLife));
        if (_bins.Count > BinLimit) Merge();
    }

    /// <summary>How many runs it speaks for: each counts one when it ends, and half of that a half-life later.</summary>
    public double WeightAt(DateTimeOffset now) => Sum() * double.Exp2((_origin - now) / HalfLife);

    /// <summary>The run time that this share of runs did not exceed. Zero when nothing is known.</summary>
    public TimeSpan Quantile(double share)
    {
        var target = Sum() * Math.Clamp(share, 0, 1);
        foreach (var (bin, weight) in _bins)
        {
            if (target > weight)
            {
                target -= weight;
                continue;
            }

            // within a bin runs count as spread evenly in the logarithm
            return TimeSpan.FromSeconds(Shortest * double.Exp2((bin + (weight > 0 ? target / weight : 0.5)) / BinsPerOctave));
        }

        return _bins.Count == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Shortest * double.Exp2((_bins[^1].Bin + 1.0) / BinsPerOctave));
    }

    private static int BinOf(TimeSpan ran) => (int)Math.Clamp(Math.Floor(Math.Log2(Math.Max(ran.TotalSeconds, Shortest) / Shortest) * BinsPerOctave), 0, 159);

    private void Add(int bin, double weight)
    {
        var (low, high) = (0, _bins.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bins[middle].Bin < bin) low = middle + 1;
            else high = middle;
        }

        if (low < _bins.Count && _bins[low].Bin == bin) _bins[low] = (bin, _bins[low].Weight + weight);
        else _bins.Insert(low, (bin, weight));
    }

    private void Merge()
    {
        var least = 0;
        for (var i = 1; i + 1 < _bins.Count; i++)
        {
            if (_bins[i].Weight + _bins[i + 1].Weight < _bins[least].Weight + _bins[least + 1].Weight) least = i;
        }

        var (a, b) = (_bins[least], _bins[least + 1]);
        _bins[least] = (a.Weight >= b.Weight ? a.Bin : b.Bin, a.Weight + b.Weight);
        _bins.RemoveAt(least + 1);
    }

    private void Rescale(DateTimeOffset to)
    {
        var factor = double.Exp2((_origin - to) / HalfLife);
        for (var i = 0; i < _bins.Count; i++) _bins[i] = (_bins[i].Bin, _bins[i].Weight * factor);
        _origin = to;
    }

    private double Sum()
    {
        var sum = 0.0;
        foreach (var (_, weight) in _bins) sum += weight;
        return sum;
    }
}
