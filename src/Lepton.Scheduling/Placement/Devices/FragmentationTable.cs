using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>The shapes of a mix as <see cref="Fragmentation"/> asks them for one GPU model: by levels, with sums over them.</summary>
internal sealed class FragmentationTable
{
    /// <summary>How finely CPUs are looked up before they are compared.</summary>
    private const int Steps = 1024;

    /// <summary>What is lost of F whatever is free.</summary>
    private readonly double _never;
    private readonly Level[] _levels;
    private readonly int[] _cpu;

    /// <summary>Sums of weight, of weight where CPU is asked, and of weight * gpu / cpu, over the shapes before i.</summary>
    private readonly double[] _weight, _fed, _rate;

    /// <summary>Every CPU that is asked, rising; how many of them are below 2^shift, 2 * 2^shift, ...</summary>
    private readonly int[] _asked;
    private readonly int[] _askedBelow;
    private readonly int _shift;

    /// <summary><c>fits[r * (levels + 1) + l]</c>: of the levels before l the shapes that the r smallest CPUs asked are enough for.</summary>
    private readonly Sums[] _fits;

    /// <summary><c>reached[f]</c>: levels that ask at most f thousandths of a GPU; <c>reachedByWhole[k]</c>: at most k GPUs.</summary>
    private readonly int[] _reached = new int[NodePool.WholeGpu + 1];
    private readonly int[] _reachedByWhole = new int[NodePool.MostGpus + 1];

    /// <summary>The first level that asks GPU.</summary>
    private readonly int _first;

    public FragmentationTable(RequestMix mix, int model, double modelWeight, bool cpuOnlyLosesAll)
    {
        var runs = mix.Shapes.Where(s => s.Accepts(model) && !(cpuOnlyLosesAll && s.Gpus == 0)).ToList();
        _never = (modelWeight * mix.Shapes.Where(s => !s.Accepts(model)).Sum(s => s.Weight))
            + mix.Shapes.Where(s => cpuOnlyLosesAll && s.Gpus == 0).Sum(s => s.Weight);
        var sorted = runs.OrderBy(s => s.Gpus).ThenBy(s => s.GpuMilli).ThenBy(s => s.CpuMilli).ToArray();
        _cpu = [.. sorted.Select(s => s.CpuMilli)];
        (_weight, _fed, _rate) = (new double[sorted.Length + 1], new double[sorted.Length + 1], new double[sorted.Length + 1]);
        var levels = new List<Level>();
        for (var i = 0; i < sorted.Length; i++)
        {
            var s = sorted[i];
            _weight[i + 1] = _weight[i] + s.Weight;
            _fed[i + 1] = _fed[i] + (s.CpuMilli == 0 ? 0 : s.Weight);
            _rate[i + 1] = _rate[i] + (s.CpuMilli == 0 ? 0 : s.Weight * s.Gpus * s.GpuMilli / s.CpuMilli);
            if (i == 0 || (s.Gpus, s.GpuMilli) != (sorted[i - 1].Gpus, sorted[i - 1].GpuMilli)) levels.Add(new Level(s.GpuMilli, s.Gpus, i, i + 1));
            else levels[^1] = levels[^1] with { To = i + 1 };
        }

        _levels = [.. levels];
        _first = levels.Count(l => l.Gpus == 0);
        for (var free = 0; free <= NodePool.WholeGpu; free++) _reached[free] = levels.Count(l => l.GpuMilli <= free);
        for (var whole = 0; whole <= NodePool.MostGpus; whole++) _reachedByWhole[whole] = levels.Count(l => l.Gpus <= whole);

        _asked = [.. _cpu.Distinct().Order()];
        while (_asked.Length > 0 && _asked[^1] >> _shift > Steps) _shift++;
        _askedBelow = [.. Enumerable.Range(0, _asked.Length == 0 ? 1 : (_asked[^1] >> _shift) + 1).Select(i => _asked.Count(a => a < (long)i << _shift))];
        _fits = new Sums[(_asked.Length + 1) * (_levels.Length + 1)];
        for (var rank = 1; rank <= _asked.Length; rank++)
        {
            var row = rank * (_levels.Length + 1);
            for (var l = 0; l < _levels.Length; l++)
            {
                var (from, fit) = (_levels[l].From, FirstAbove(_levels[l].From, _levels[l].To, _asked[rank - 1]));
                var before = _fits[row + l];
                _fits[row + l + 1] = new Sums(before.Weight + _weight[fit] - _weight[from], before.Fed + _fed[fit] - _fed[from], before.Rate + _rate[fit] - _rate[from]);
            }
        }
    }

    public double Lost(int cpu, ReadOnlySpan<int> gpus, double cpuWeight)
    {
        var free = Vector256.Create(gpus);
        var total = Vector256.Sum(free);
        if (total == 0) return 0;
        var lost = _never * total;
        foreach (ref readonly var level in _levels.AsSpan())
        {
            var (from, to) = (level.From, level.To);
            var tooFull = Vector256.LessThan(free, Vector256.Create(level.GpuMilli));

            // Levels ask more and more, fewer thousandths first: where one does not fit, none after it does.
            if (level.Gpus > NodePool.MostGpus - BitOperations.PopCount(tooFull.ExtractMostSignificantBits()))
                return lost + ((_weight[^1] - _weight[from]) * total);

            var fit = FirstAbove(from, to, cpu);
            var fits = _weight[fit] - _weight[from];
            lost += (_weight[to] - _weight[fit]) * total;
            if (level.Gpus == 0 || fit == from) continue;
            var low = Vector256.Sum(free & tooFull);
            lost += fits * low;
            var usable = total - low;

            // U - c gpu_m / cpu_m > 0 exactly for cpu_m > gpu_m c / U: if not for the last that fits, then for none. At equality it is 0.
            var fed = (double)level.Gpus * level.GpuMilli * cpu;
            if (cpuWeight == 0 || (double)_cpu[fit - 1] * usable <= fed) continue;
            var behind = FirstAbove(from, fit, (long)(fed / usable));
            lost += cpuWeight * ((usable * (_weight[fit] - _weight[behind])) - (cpu * (_rate[fit] - _rate[behind])));
        }

        return lost;
    }

    /// <summary>As <see cref="Lost"/>, but what stays behind is counted by the sum over the levels that the same GPUs are too full for.</summary>
    /// <remarks>
    /// sum over m of weight_m * max(0, U - c * rate_m) is at least max(0, U * sum of weight_m - c * sum of weight_m * rate_m), and equal where all
    /// terms have one sign. Between two amounts free that follow each other U is the same for all levels.
    /// </remarks>
    public double AtLeast(int cpu, ReadOnlySpan<int> gpus, double cpuWeight)
    {
        var (total, whole) = (0, 0);
        foreach (var free in gpus)
        {
            total += free;
            whole += free == NodePool.WholeGpu ? 1 : 0;
        }

        if (total == 0) return 0;
        var reached = whole > 0 ? _reachedByWhole[whole] : _reached[gpus[^1]];
        var fits = _fits.AsSpan(Rank(cpu) * (_levels.Length + 1), _levels.Length + 1);
        var all = fits[reached].Weight;
        var (usable, at, low, behind) = (total, _first, 0.0, 0.0);
        foreach (var free in gpus)
        {
            var next = Math.Min(_reached[free], reached);
            if (next > at)
            {
                behind += Math.Max(0, (usable * (fits[next].Fed - fits[at].Fed)) - (cpu * (fits[next].Rate - fits[at].Rate)));
                at = next;
            }

            if (next == reached) break;
            low += free * (all - fits[next].Weight);
            usable -= free;
        }

        behind += Math.Max(0, (usable * (fits[reached].Fed - fits[at].Fed)) - (cpu * (fits[reached].Rate - fits[at].Rate)));
        return ((_never + _weight[^1] - all) * total) + low + (cpuWeight * behind);
    }

    /// <summary>How many of the CPUs that are asked this is enough for.</summary>
    private int Rank(int cpu)
    {
        var rank = _askedBelow[Math.Min(cpu >> _shift, _askedBelow.Length - 1)];
        while (rank < _asked.Length && _asked[rank] <= cpu) rank++;
        return rank;
    }

    /// <summary>The first of these shapes that asks more CPU.</summary>
    private int FirstAbove(int from, int to, long cpu)
    {
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (_cpu[middle] > cpu) to = middle;
            else from = middle + 1;
        }

        return from;
    }

    /// <summary>Shapes of one level lie between From and To, by rising CPU.</summary>
    private readonly record struct Level(int GpuMilli, int Gpus, int From, int To);

    private readonly record struct Sums(double Weight, double Fed, double Rate);
}
