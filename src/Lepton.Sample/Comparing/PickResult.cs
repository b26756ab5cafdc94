namespace Lepton.Sample.Comparing;

/// <summary>Outcome of the comparison. Candidates are ordered by their validation error, best first.</summary>
internal sealed record PickResult(
    IReadOnlyList<ShardRows> Shards, IReadOnlyList<Candidate> Candidates, Candidate Winner, Candidate ShapeMean, Candidate HistoryMean)
{
    /// <summary>The baseline is beaten only where both measures are better.</summary>
    public bool Beats(Candidate baseline) =>
        Winner.HeldOut.Rmse < baseline.HeldOut.Rmse && Winner.HeldOut.MedianFactor < baseline.HeldOut.MedianFactor;
}
