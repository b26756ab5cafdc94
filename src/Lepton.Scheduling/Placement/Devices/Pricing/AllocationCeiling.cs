namespace Lepton.Scheduling.Placement.Devices.Pricing;

/// <summary>A bound that no placement can pass: the most GPU in use when shares of one mix must share GPUs.</summary>
/// <remarks>
/// <para>max sum over sizes s of s * x_s, with x_s at most what is asked and at most what the chosen patterns hold, and no more patterns than GPUs.</para>
/// <b>Input</b> a mix that asks as much GPU as there is in all. <b>Output</b> part of all GPU. <b>Limits</b> GPU only: CPU, memory, models and
/// node borders are left out, and parts of a pattern are allowed, so that the truth is at or below it.
/// </remarks>
public static class AllocationCeiling
{
    /// <exception cref="ArgumentException">The mix has too many ways to fill a GPU.</exception>
    public static double Of(RequestMix mix)
    {
        var demand = SharePrices.Demand(mix, 1);
        var sizes = demand.Keys.OrderDescending().ToList();
        if (sizes.Count == 0) return 0;
        var patterns = SharePatterns.Of(sizes)
            ?? throw new ArgumentException($"{sizes.Count} share sizes fill a GPU in more than {SharePatterns.Most} ways. Maybe round the sizes.");
        var asked = sizes.Sum(s => s * demand[s]);
        var (p, n) = (patterns.Count, sizes.Count);

        // One GPU in all: columns are patterns then sizes; rows are the GPU, what patterns hold, what is asked.
        var program = new LinearProgram(1 + (2 * n), p + n);
        program.Limit(0, 1);
        for (var i = 0; i < p; i++)
        {
            program.Set(0, i, 1);
            for (var s = 0; s < n; s++) program.Set(1 + s, i, -patterns[i][s]);
        }

        for (var s = 0; s < n; s++)
        {
            program.Set(1 + s, p + s, 1);
            program.Set(1 + n + s, p + s, 1);
            program.Limit(1 + n + s, demand[sizes[s]] * NodePool.WholeGpu / asked);
            program.Gain(p + s, sizes[s] / (double)NodePool.WholeGpu);
        }

        return program.Solve().Value;
    }
}
