using System.Numerics;

namespace Lepton.Scheduling.Annealing;

/// <summary>
/// One run of the annealer over a placement, in rounds: each round cuts the nodes at random into parts, every part anneals alone, and the
/// whole is joined again. The caller runs the pieces, on as many threads as it likes.
/// </summary>
/// <remarks>
/// Input: a system in a valid state. Output: the best state seen, valid at every moment between rounds. The result depends on the seed and the
/// rounds asked for, not on threads or clocks: a caller that plans rounds by time records them, and a replay asks for the same rounds.
/// Cost: O(tasks + groups × neighbourhoods) a round beside the moves.
/// </remarks>
internal sealed class AnnealingPass<TEnergy>
    where TEnergy : struct, IEnergy
{
    private readonly IPlacementSystem<TEnergy> _system;
    private readonly AnnealingOptions _options;
    private readonly int[] _best;
    private readonly int[] _partOf;
    private Piece<TEnergy>[] _pieces = [];
    private int _round;

    public AnnealingPass(IPlacementSystem<TEnergy> system, AnnealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        (_system, _options) = (system, options);
        _best = new int[system.Tasks];
        _partOf = new int[system.Nodes];
        Keep();
        var scale = PriceSample.Scale(system, options.Seed);
        Schedule = new CoolingSchedule(scale, options.Moves / (double)Math.Max(1, system.Tasks), options.Heat);
    }

    public CoolingSchedule Schedule { get; internal set; }

    /// <summary>Value of the best state seen.</summary>
    public double BestValue { get; private set; }

    /// <summary>Node of every task in the best state seen.</summary>
    public ReadOnlySpan<int> Best => _best;

    public double Progress { get; private set; }

    public Tally Tally { get; private set; }

    public bool IsDone => Progress >= 1;

    /// <summary>Cuts the next round: so many moves over all pieces, cooling to where <paramref name="progress"/> (up to 1) is reached.</summary>
    internal IReadOnlyList<Piece<TEnergy>> Begin(long moves, double progress)
    {
        var random = SeedStream.For(_options.Seed, $"round {_round++}");
        var parts = Math.Clamp(_options.Parts ?? AutomaticParts(), 1, _system.Units);
        var nodes = Deal(parts, ref random);
        var tasks = TasksOf(parts);
        var cooling = new Cooling(Schedule.At(Progress), Schedule.At(Math.Min(1, progress)));
        var energies = _system.Cut(_partOf, parts);
        _pieces = new Piece<TEnergy>[parts];
        for (var p = 0; p < parts; p++)
        {
            var share = (long)(moves * (tasks[p].Length / (double)Math.Max(1, _system.Tasks)));
            _pieces[p] = new Piece<TEnergy>(energies[p], tasks[p], nodes[p], _options.Around, cooling, random.NextUInt64(), share);
        }

        Progress = Math.Min(1, progress);
        return _pieces;
    }

    /// <summary>Joins what the pieces did; all must have run, or none of those left out may have started.</summary>
    public void End()
    {
        var energies = new TEnergy[_pieces.Length];
        for (var p = 0; p < energies.Length; p++)
        {
            energies[p] = _pieces[p].Energy;
            Tally += _pieces[p].Tally;
        }

        if (_system.Join(energies) < BestValue) Keep();
    }

    private void Keep()
    {
        BestValue = _system.Value;
        _system.CopyTo(_best);
    }

    /// <summary>A power of two, so that two threads or four have equal work.</summary>
    private int AutomaticParts() =>
        AnnealingOptions.AutomaticMembers(_system.Nodes, _system.Tasks) > 1
            ? 1
            : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(_system.Nodes / AnnealingOptions.NodesPerPart, 2, AnnealingOptions.MostParts));

    /// <summary>Deals the units to the parts at random, each part about as many.</summary>
    private int[][] Deal(int parts, ref SeedStream random)
    {
        var order = new int[_system.Units];
        for (var u = 0; u < order.Length; u++) order[u] = u;
        for (var u = order.Length - 1; u > 0 && parts > 1; u--)
        {
            var other = random.Next(u + 1);
            (order[u], order[other]) = (order[other], order[u]);
        }

        var partOfUnit = new int[order.Length];
        for (var u = 0; u < order.Length; u++) partOfUnit[order[u]] = (int)((long)u * parts / order.Length);
        var count = new int[parts];
        for (var n = 0; n < _partOf.Length; n++) count[_partOf[n] = partOfUnit[_system.UnitOf(n)]]++;
        var nodes = new int[parts][];
        for (var p = 0; p < parts; p++) nodes[p] = new int[count[p]];
        Array.Clear(count);
        for (var n = 0; n < _partOf.Length; n++) nodes[_partOf[n]][count[_partOf[n]]++] = n;
        return nodes;
    }

    private int[][] TasksOf(int parts)
    {
        var count = new int[parts];
        for (var t = 0; t < _system.Tasks; t++) count[_partOf[_system.NodeOf(t)]]++;
        var tasks = new int[parts][];
        for (var p = 0; p < parts; p++) tasks[p] = new int[count[p]];
        Array.Clear(count);
        foreach (var t in _system.TasksBySize)
        {
            var p = _partOf[_system.NodeOf(t)];
            tasks[p][count[p]++] = t;
        }

        return tasks;
    }
}
