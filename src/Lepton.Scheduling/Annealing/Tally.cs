namespace Lepton.Scheduling.Annealing;

/// <summary>Counts of one run.</summary>
/// <param name="Moves">Tasks drawn to be moved: what a budget counts.</param>
/// <param name="Proposals">Pairs of task and node, or of tasks, that were looked at; a task may be offered several nodes until one has room.</param>
/// <param name="Evaluations">Proposals that had room and were priced.</param>
/// <param name="Accepted">Moves made.</param>
public readonly record struct Tally(long Moves, long Proposals, long Evaluations, long Accepted)
{
    public static Tally operator +(Tally a, Tally b) =>
        new(a.Moves + b.Moves, a.Proposals + b.Proposals, a.Evaluations + b.Evaluations, a.Accepted + b.Accepted);

    public static Tally Add(Tally left, Tally right) => left + right;
}
