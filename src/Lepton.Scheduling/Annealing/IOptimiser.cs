namespace Lepton.Scheduling.Annealing;

/// <summary>
/// A search in rounds of independent pieces: the caller begins a round, runs its pieces on as many threads as it likes, and ends it.
/// </summary>
/// <remarks>
/// There is a valid best plan between any two rounds. The result depends on seed and rounds, never on threads or clocks: a caller that plans
/// its rounds by time records them, and a replay asks for the same.
/// </remarks>
public interface IOptimiser
{
    /// <summary>Value of the best plan so far.</summary>
    double BestValue { get; }

    /// <summary>Node of every task in the best plan so far.</summary>
    ReadOnlySpan<int> Best { get; }

    /// <summary>How far the search has come, in [0, 1].</summary>
    double Progress { get; }

    bool IsDone { get; }

    Tally Tally { get; }

    /// <summary>The next round: so many moves over all pieces, and how far the search has come after it.</summary>
    IReadOnlyList<IPiece> Begin(long moves, double progress);

    /// <summary>Takes in what the pieces did. All must have run, or been cancelled.</summary>
    void End();
}

/// <summary>An independent piece of a round. Runs on any thread, once.</summary>
public interface IPiece
{
    /// <summary>Does the work; stops early when cancelled, in a valid state.</summary>
    void Run(CancellationToken cancel);
}
