using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Genetic;

/// <summary>One plan in the making over the rounds of a generation: founded or bred, then improved by the annealer's moves.</summary>
/// <param name="other">The second parent; null for a founder, which starts from the first plan as it is.</param>
internal sealed class Brood<TEnergy>(
    IPlacementSystem<TEnergy> system, Individual one, Individual? other, int[] tasks, int[] nodes, Neighbourhood around, ulong seed)
    where TEnergy : struct, IEnergy
{
    private readonly int[] _best = new int[system.Tasks];
    private SeedStream _random = new(seed);
    private bool _isMixed;

    public Individual Child => new([.. _best], BestValue);

    public Tally Tally { get; private set; }

    public double BestValue { get; private set; } = double.PositiveInfinity;

    public IPiece Round(Cooling cooling, long moves) => new Stretch(this, cooling, moves);

    private void Run(Cooling cooling, long moves, CancellationToken cancel)
    {
        if (!_isMixed) Mix();
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        if (nodes.Length > 1 && tasks.Length > 0)
            Tally += Annealer.Run(ref energy, tasks, nodes, around, cooling, new SeedStream(_random.NextUInt64()), moves, cancel);
        system.Join([energy]);
        Keep();
    }

    private void Keep()
    {
        if (system.Value >= BestValue) return;
        BestValue = system.Value;
        system.CopyTo(_best);
    }

    /// <summary>Starts from one parent; each task that is elsewhere in the other goes there by even chance, if that is allowed.</summary>
    private void Mix()
    {
        _isMixed = true;
        if (other is null)
        {
            system.Restore(one.Nodes);
            Keep();
            return;
        }

        // Nodes of the other parent in the system's own numbering.
        system.Restore(other.Nodes);
        var wanted = new int[system.Tasks];
        for (var t = 0; t < wanted.Length; t++) wanted[t] = system.NodeOf(t);
        system.Restore(one.Nodes);
        var energy = system.Cut(new int[system.Nodes], 1)[0];
        foreach (var task in tasks)
        {
            var node = wanted[task];
            if (node == energy.NodeOf(task) || _random.Chance(0.5) || !energy.Fits(task, node)) continue;
            var delta = energy.ShiftDelta(task, node, double.MaxValue);
            if (delta <= double.MaxValue) energy.Shift(task, node, delta);
        }

        system.Join([energy]);
        Keep();
    }

    private sealed class Stretch(Brood<TEnergy> brood, Cooling cooling, long moves) : IPiece
    {
        public void Run(CancellationToken cancel) => brood.Run(cooling, moves, cancel);
    }
}
