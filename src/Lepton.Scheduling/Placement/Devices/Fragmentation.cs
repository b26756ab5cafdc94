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
/// them are differences of prefix sums. <see cref="AtLeast"/>: O(GPUs). Nothing allocated. <b>Limits</b> memory is not looked at; a table of
/// 24 bytes for each level and CPU asked, for each set of models that the same shapes accept.
/// <b>Source</b> Weng et al., "Beware of Fragmentation", ATC 2023, section 3.
/// </para>
/// </remarks>
public sealed class Fragmentation
{
    private readonly RequestMix _mix;
    private readonly double _cpuWeight, _modelWeight;
    private readonly bool _cpuOnlyLosesAll;
    private readonly bool _check;
    private readonly FragmentationTable[] _tables = new FragmentationTable[NodePool.MostModels];

    /// <param name="cpuWeight">w: 0 or more.</param>
    /// <param name="modelWeight">v: 0 or more.</param>
    /// <param name="cpuOnlyLosesAll">As FGD counts a request without GPU.</param>
    /// <param name="check">Compare every answer with the formula above, term by term.</param>
    public Fragmentation(RequestMix mix, double cpuWeight, double modelWeight, bool cpuOnlyLosesAll, bool check = false)
    {
        (_mix, _cpuWeight, _modelWeight, _cpuOnlyLosesAll, _check) = (mix, cpuWeight, modelWeight, cpuOnlyLosesAll, check);
        for (var model = 0; model < _tables.Length; model++)
        {
            var like = Enumerable.Range(0, model).FirstOrDefault(m => mix.Shapes.All(s => s.Accepts(m) == s.Accepts(model)), model);
            _tables[model] = like < model ? _tables[like] : new FragmentationTable(mix, model, modelWeight, cpuOnlyLosesAll);
        }
    }

    /// <param name="gpus">Thousandths free on each of the 8 GPUs.</param>
    public double Of(int model, int cpu, ReadOnlySpan<int> gpus)
    {
        var lost = _tables[model].Lost(cpu, gpus, _cpuWeight);
        if (_check && Math.Abs(lost - ByDefinition(model, cpu, gpus)) is > 1e-6 and var off)
            throw new InvalidOperationException($"Fragmentation of model {model}, {cpu} milli-CPU, [{string.Join(' ', gpus.ToArray())}] is off by {off}.");
        return lost;
    }

    /// <summary>A bound that <see cref="Of"/> is not below, but for rounding (1e-8), and mostly meets.</summary>
    /// <param name="gpus">Thousandths free on the GPUs, rising; those with nothing free may be left out.</param>
    public double AtLeast(int model, int cpu, ReadOnlySpan<int> gpus) => _tables[model].AtLeast(cpu, gpus, _cpuWeight);

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
}
