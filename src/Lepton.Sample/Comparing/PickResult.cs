namespace Lepton.Sample.Comparing;

/// <summary>Outcome of the comparison. Candidates are ordered by their validation error, best first.</summary>
/// <param name="Shards">The data it was made on.</param>
/// <param name="Candidates">All that could have been chosen.</param>
/// <param name="Winner">The chosen one.</param>
/// <param name="AgainstShapeMean">Against the mean of the shape over all training rows of all shards: the baseline.</param>
/// <param name="AgainstHistoryMean">Against the mean of what had ended by each submission: the same idea kept up to date.</param>
internal sealed record PickResult(
    IReadOnlyList<ShardRows> Shards,
    IReadOnlyList<Candidate> Candidates,
    Candidate Winner,
    Comparison AgainstShapeMean,
    Comparison AgainstHistoryMean);
