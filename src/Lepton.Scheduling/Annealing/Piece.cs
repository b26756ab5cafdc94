namespace Lepton.Scheduling.Annealing;

/// <summary>An independent piece of a round: some nodes, the tasks on them, a seed, a number of moves. Runs on any thread.</summary>
internal sealed class Piece<TEnergy> : IPiece
    where TEnergy : struct, IEnergy
{
    private readonly int[] _tasks;
    private readonly int[] _nodes;
    private readonly Neighbourhood _around;
    private readonly Cooling _cooling;
    private readonly ulong _seed;
    private TEnergy _energy;

    internal Piece(TEnergy energy, int[] tasks, int[] nodes, Neighbourhood around, Cooling cooling, ulong seed, long moves)
    {
        (_energy, _tasks, _nodes, _around, _cooling, _seed, Moves) = (energy, tasks, nodes, around, cooling, seed, moves);
    }

    /// <summary>Proposals to make.</summary>
    public long Moves { get; }

    /// <summary>What was proposed, priced and accepted; complete after <see cref="Run"/>.</summary>
    public Tally Tally { get; private set; }

    internal TEnergy Energy => _energy;

    /// <summary>Makes the moves; stops early when cancelled, in a valid state.</summary>
    public void Run(CancellationToken cancel)
    {
        if (_tasks.Length == 0 || _nodes.Length < 2) return;
        Tally = Annealer.Run(ref _energy, _tasks, _nodes, _around, _cooling, new SeedStream(_seed), Moves, cancel);
    }
}
