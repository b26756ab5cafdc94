namespace Lepton.Scheduling.Annealing;

/// <summary>Root mean square price of moves drawn at random: the natural unit of temperature of an instance.</summary>
internal static class PriceSample
{
    private const int Draws = 20_000;

    public static double Scale<TEnergy>(IPlacementSystem<TEnergy> system, ulong seed)
        where TEnergy : struct, IEnergy
    {
        if (system.Tasks == 0 || system.Nodes < 2) return 1;
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        var random = SeedStream.For(seed, "price sample");
        var sum = 0.0;
        var count = 0;
        for (var i = 0; i < 2 * Draws && (i < Draws || count == 0); i++)
        {
            // Where nothing may leave home, the way home has prices all the same.
            var task = random.Next(system.Tasks);
            var node = i < Draws ? random.Next(system.Nodes) : energy.HomeOf(task);
            if (node == energy.NodeOf(task) || !energy.Fits(task, node)) continue;
            var delta = energy.ShiftDelta(task, node, double.MaxValue);
            if (double.IsInfinity(delta)) continue;
            sum += delta * delta;
            count++;
        }

        return count == 0 || sum == 0 ? 1 : Math.Sqrt(sum / count);
    }
}
