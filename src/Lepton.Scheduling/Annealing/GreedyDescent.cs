namespace Lepton.Scheduling.Annealing;

/// <summary>The plain opponent: every task, largest first, goes to the node where it saves most, until nobody gains.</summary>
/// <remarks>Cost: O(tasks × nodes) a sweep. Deterministic without a seed.</remarks>
public static class GreedyDescent
{
    /// <returns>The value reached.</returns>
    public static double Run<TEnergy>(IPlacementSystem<TEnergy> system, int sweeps, CancellationToken cancel)
        where TEnergy : struct, IEnergy
    {
        ArgumentNullException.ThrowIfNull(system);
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        var gained = true;
        for (var sweep = 0; sweep < sweeps && gained; sweep++)
        {
            gained = false;
            foreach (var task in system.TasksBySize)
            {
                if (cancel.IsCancellationRequested) break;
                gained |= Improve(ref energy, task, system.Nodes);
            }
        }

        return system.Join([energy]);
    }

    private static bool Improve<TEnergy>(ref TEnergy energy, int task, int nodes)
        where TEnergy : struct, IEnergy
    {
        var from = energy.NodeOf(task);
        var (best, bestDelta) = (-1, -1e-9);
        for (var node = 0; node < nodes; node++)
        {
            if (node == from || !energy.Fits(task, node)) continue;
            var delta = energy.ShiftDelta(task, node, bestDelta);
            if (delta < bestDelta) (best, bestDelta) = (node, delta);
        }

        if (best < 0) return false;
        energy.Shift(task, best, bestDelta);
        return true;
    }
}
