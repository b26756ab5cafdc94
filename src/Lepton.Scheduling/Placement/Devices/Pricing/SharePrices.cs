using System.Collections.Immutable;

namespace Lepton.Scheduling.Placement.Devices.Pricing;

/// <summary>What a share costs, in GPUs, when the whole mix is packed on as few GPUs as possible.</summary>
/// <remarks>
/// <para>
/// <b>Input</b> a mix. <b>Output</b> price_s for each share size s: the dual prices of packing, that is the prices that make the mix dearest while no
/// way to fill one GPU costs more than 1. <c>Worth(f)</c> is the dearest filling of f thousandths. A share that is left over for free (160 beside
/// 810, when there are more 810 than 160) has price 0; two that fill a GPU together share its price.
/// </para>
/// <para>
/// <b>Cost</b> once: a linear program of patterns x sizes; then a table of 1001 numbers. <b>Limits</b> when the sizes allow more than
/// <see cref="SharePatterns.Most"/> patterns, they are rounded up to steps of 10, 20, 50 or 100 thousandths first.
/// <b>Source</b> Gilmore and Gomory, "A linear programming approach to the cutting-stock problem", 1961.
/// </para>
/// </remarks>
public sealed class SharePrices
{
    private static readonly ImmutableArray<int> Steps = [1, 10, 20, 50, 100];

    private readonly int _step;
    private readonly double[] _price = new double[NodePool.WholeGpu + 1];
    private readonly double[] _worth = new double[NodePool.WholeGpu + 1];

    private SharePrices(int step, IReadOnlyList<int> sizes, double[] prices)
    {
        _step = step;
        for (var i = 0; i < sizes.Count; i++) _price[sizes[i]] = prices[i];
        for (var free = 1; free <= NodePool.WholeGpu; free++)
        {
            _worth[free] = _worth[free - 1];
            for (var i = 0; i < sizes.Count; i++)
            {
                if (sizes[i] <= free) _worth[free] = Math.Max(_worth[free], _worth[free - sizes[i]] + prices[i]);
            }
        }
    }

    public double Price(int gpuMilli) => _price[RoundedUp(gpuMilli, _step)];

    public double Worth(int freeMilli) => _worth[freeMilli];

    public static SharePrices Of(RequestMix mix)
    {
        foreach (var step in Steps)
        {
            var demand = Demand(mix, step);
            var sizes = demand.Keys.OrderDescending().ToList();
            if (SharePatterns.Of(sizes) is { } patterns) return new SharePrices(step, sizes, Solve(patterns, sizes, demand));
        }

        throw new InvalidOperationException($"Shares in steps of {Steps[^1]} have more than {SharePatterns.Most} patterns.");
    }

    private static double[] Solve(List<int[]> patterns, List<int> sizes, Dictionary<int, double> demand)
    {
        if (sizes.Count == 0) return [];
        var program = new LinearProgram(patterns.Count, sizes.Count);
        for (var p = 0; p < patterns.Count; p++)
        {
            program.Limit(p, 1);
            for (var s = 0; s < sizes.Count; s++) program.Set(p, s, patterns[p][s]);
        }

        for (var s = 0; s < sizes.Count; s++) program.Gain(s, demand[sizes[s]]);
        return program.Solve().X;
    }

    /// <summary>Thousandths asked of one GPU, and how many GPUs are asked so.</summary>
    internal static Dictionary<int, double> Demand(RequestMix mix, int step)
    {
        var demand = new Dictionary<int, double>();
        foreach (var shape in mix.Shapes.Where(s => s.Gpus > 0))
        {
            var size = RoundedUp(shape.GpuMilli, step);
            demand[size] = demand.GetValueOrDefault(size) + (shape.Weight * shape.Gpus);
        }

        return demand;
    }

    private static int RoundedUp(int size, int step) => (size + step - 1) / step * step;
}
