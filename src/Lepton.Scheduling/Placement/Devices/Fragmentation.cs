using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>How much free GPU of a node the next request is expected to find useless.</summary>
/// <remarks>
/// <para>
/// <b>Input</b> a mix of requests; free CPU c and GPUs f_1..f_8 of a node, F their sum. <b>Output</b> thousandths of a GPU:
/// sum over shapes m of weight_m * lost_m, with
/// </para>
/// <para>lost_m = F, if the node has not enough CPU or GPUs for m; v * F, if it has a model that m does not accept</para>
/// <para>lost_m = low_m + w * max(0, U - c * gpu_m / cpu_m) otherwise, where low_m is what is free on GPUs too full for m and U = F - low_m.</para>
/// <para>
/// The last term is what stays behind when a node filled up with m runs out of CPU. v above 1 sends
/// tasks that take any model to the models that few can use. v = 1, w = 0 is the measure of FGD. A shape without GPU
/// loses F where its CPU does not fit, else nothing; FGD counts F for it everywhere.
/// </para>
/// <para>
/// <b>Cost</b> O(levels * log shapes) with a level for each (GPUs, thousandths) asked: shapes of one level are sorted by CPU, so that sums over
/// them are differences of prefix sums. Nothing allocated. <b>Limits</b> memory is not looked at.
/// <b>Source</b> Weng et al., "Beware of Fragmentation", ATC 2023, section 3.
/// </para>
/// </remarks>
public sealed class Fragmentation
{
    private readonly RequestMix _mix;
    private readonly double _cpuWeight, _modelWeight;
    private readonly bool _cpuOnlyLosesAll;
    private readonly bool _check;
    private readonly Table[] _tables = new Table[NodePool.MostModels];

    /// <param name="cpuWeight">w: 0 or more.</param>
    /// <param name="modelWeight">v: 0 or more.</param>
    /// <param name="cpuOnlyLosesAll">As FGD counts a request without GPU.</param>
    /// <param name="check">Compare every answer with the formula above, term by term.</param>
    public Fragmentation(RequestMix mix, double cpuWeight, double modelWeight, bool cpuOnlyLosesAll, bool check = false)
    {
        (_mix, _cpuWeight, _modelWeight, _cpuOnlyLosesAll, _check) = (mix, cpuWeight, modelWeight, cpuOnlyLosesAll, check);
        for (var model = 0; model < _tables.Length; model++) _tables[model] = new Table(mix, model, modelWeight, cpuOnlyLosesAll);
    }

    /// <param name="gpus">Thousandths free on each of the 8 GPUs.</param>
    public double Of(int model, int cpu, ReadOnlySpan<int> gpus)
    {
        var lost = _tables[model].Lost(cpu, gpus, _cpuWeight);
        if (_check && Math.Abs(lost - ByDefinition(model, cpu, gpus)) is > 1e-6 and var off)
            throw new InvalidOperationException($"Fragmentation of model {model}, {cpu} milli-CPU, [{string.Join(' ', gpus.ToArray())}] is off by {off}.");
        return lost;
    }

    /// <summary>The formula, term by term.</summary>
    public double ByDefinition(int model, int cpu, ReadOnlySpan<int> gpus)
    {
        var (lost, total) = (0.0, 0);
        foreach (var free in gpus) total += free;
        foreach (var shape in _mix.Shapes)
        {
            var (low, enough) = (0, 0);
            foreach (var free in gpus)
            {
                if (free >= shape.GpuMilli) enough++;
                else low += free;
            }

            if (shape.Gpus == 0) lost += shape.Weight * (_cpuOnlyLosesAll || cpu < shape.CpuMilli ? total : 0);
            else if (!shape.Accepts(model)) lost += shape.Weight * _modelWeight * total;
            else if (cpu < shape.CpuMilli || enough < shape.Gpus) lost += shape.Weight * total;
            else
            {
                var behind = shape.CpuMilli == 0 ? 0 : total - low - ((double)cpu * shape.Gpus * shape.GpuMilli / shape.CpuMilli);
                lost += shape.Weight * (low + (_cpuWeight * Math.Max(0, behind)));
            }
        }

        return lost;
    }

    /// <summary>Shapes of one level lie between From and To, by rising CPU.</summary>
    private readonly record struct Level(int GpuMilli, int Gpus, int From, int To);

    private sealed class Table
    {
        /// <summary>What is lost of F whatever is free.</summary>
        private readonly double _never;
        private readonly Level[] _levels;
        private readonly int[] _cpu;

        /// <summary>Sums of weight, and of weight * gpu / cpu, over the shapes before i.</summary>
        private readonly double[] _weight, _rate;

        public Table(RequestMix mix, int model, double modelWeight, bool cpuOnlyLosesAll)
        {
            var runs = mix.Shapes.Where(s => s.Accepts(model) && !(cpuOnlyLosesAll && s.Gpus == 0)).ToList();
            _never = (modelWeight * mix.Shapes.Where(s => !s.Accepts(model)).Sum(s => s.Weight))
                + mix.Shapes.Where(s => cpuOnlyLosesAll && s.Gpus == 0).Sum(s => s.Weight);
            var sorted = runs.OrderBy(s => s.Gpus).ThenBy(s => s.GpuMilli).ThenBy(s => s.CpuMilli).ToArray();
            _cpu = [.. sorted.Select(s => s.CpuMilli)];
            (_weight, _rate) = (new double[sorted.Length + 1], new double[sorted.Length + 1]);
            var levels = new List<Level>();
            for (var i = 0; i < sorted.Length; i++)
            {
                var s = sorted[i];
                _weight[i + 1] = _weight[i] + s.Weight;
                _rate[i + 1] = _rate[i] + (s.CpuMilli == 0 ? 0 : s.Weight * s.Gpus * s.GpuMilli / s.CpuMilli);
                if (i == 0 || (s.Gpus, s.GpuMilli) != (sorted[i - 1].Gpus, sorted[i - 1].GpuMilli)) levels.Add(new Level(s.GpuMilli, s.Gpus, i, i + 1));
                else levels[^1] = levels[^1] with { To = i + 1 };
            }

            _levels = [.. levels];
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
                if (level.Gpus > NodePool.MostGpus - System.Numerics.BitOperations.PopCount(tooFull.ExtractMostSignificantBits()))
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
    }
}
