namespace Lepton.Scheduling.Annealing;

/// <summary>Counts of one run: proposals, those that had room and were priced, those accepted.</summary>
public readonly record struct Tally(long Proposals, long Evaluations, long Accepted)
{
    public static Tally operator +(Tally a, Tally b) =>
        new(a.Proposals + b.Proposals, a.Evaluations + b.Evaluations, a.Accepted + b.Accepted);

    public static Tally Add(Tally left, Tally right) => left + right;
}
