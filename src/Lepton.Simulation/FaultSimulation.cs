using Lepton.Simulation.Checkers;

namespace Lepton.Simulation;

/// <summary>
/// Runs the product's own state machines in a faked world full of faults, seed by seed, and checks the rules that must always be true.
/// </summary>
/// <remarks>
/// <b>Input</b>: a seed. <b>Output</b>: what happened and which rules were broken. <b>Cost</b>: tenths of a second for each seed, on one thread;
/// seeds are independent, so a caller may run them on several. Source: the manner of TigerBeetle's VOPR.
/// </remarks>
public static class FaultSimulation
{
    /// <summary>Runs all seeds, one after the other, as the results are asked for.</summary>
    public static IEnumerable<SeedResult> Run(SimulationOptions options) => options.Seeds.Select(seed => RunSeed(seed, options));

    /// <summary>Runs one seed; some seeds twice, to compare.</summary>
    public static SeedResult RunSeed(int seed, SimulationOptions options)
    {
        var result = new Simulator(seed, options).Run();
        if (options.CompareEvery <= 0 || seed % options.CompareEvery != 0 || !result.Clean) return result;
        var again = new Simulator(seed, options).Run();
        return again.TraceHash == result.TraceHash && again.Steps == result.Steps ? result : result with
        {
            Violations =
            [
                new Violation(
                    (ulong)seed,
                    Math.Min(result.Steps, again.Steps),
                    result.VirtualTime,
                    Rules.SameSeed,
                    $"Two runs of seed {seed} differ: {result.Steps} steps with trace {result.TraceHash:x16}, then {again.Steps} steps with trace {again.TraceHash:x16}. "
                    + "Maybe something kept state between runs, or depends on the order of a hash table.",
                    []),
            ],
        };
    }
}
