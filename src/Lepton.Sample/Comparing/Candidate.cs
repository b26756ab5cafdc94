namespace Lepton.Sample.Comparing;

/// <summary>A way to predict, with its scores. A mean of several models has several members; a baseline has none.</summary>
internal sealed record Candidate(
    string Name, IReadOnlyList<Entrant> Members, Scores Validation, Scores HeldOut, IReadOnlyList<Scores> HeldOutByShard);
