using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Genetic;

/// <summary>One child in the making: crossover by allowed moves, then a little annealing.</summary>
internal sealed class Brood<TEnergy>(
    IPlacementSystem<TEnergy> system,
    Individual one,
    Individual other,
    int[] tasks,
    int[] nodes,
    Neighbourhood around,
    double temperature,
    long moves,
    ulong seed) : IPiece
    where TEnergy : struct, IEnergy
{
    public Individual? Child { get; private set; }

    public Tally Tally { get; private set; }

    public void Run(CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return;
        var random = new SeedStream(seed);
        var from = new int[system.Tasks];
        Mix(from, ref random);
        system.Restore(from);
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        if (nodes.Length > 1 && tasks.Length > 0)
            Tally = Annealer.Run(ref energy, tasks, nodes, around, new Cooling(temperature, temperature * 0.02), random, moves, cancel);
        system.Join([energy]);
        system.CopyTo(from);
        Child = new Individual(from, system.Value);
    }

    /// <summary>Starts from one parent; each task that is elsewhere in the other goes there by even chance, if that is allowed.</summary>
    private void Mix(int[] child, ref SeedStream random)
    {
        // Nodes of the other parent in the system's own numbering.
        system.Restore(other.Nodes);
        var wanted = new int[system.Tasks];
        for (var t = 0; t < wanted.Length; t++) wanted[t] = system.NodeOf(t);
        system.Restore(one.Nodes);
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        foreach (var task in tasks)
        {
            var node = wanted[task];
            if (node == energy.NodeOf(task) || random.Chance(0.5) || !energy.Fits(task, node)) continue;
            var delta = energy.ShiftDelta(task, node, double.MaxValue);
            if (delta <= double.MaxValue) energy.Shift(task, node, delta);
        }

        system.Join([energy]);
        system.CopyTo(child);
    }
}
