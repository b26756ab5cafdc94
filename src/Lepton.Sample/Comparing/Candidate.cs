namespace Lepton.Sample.Comparing;

/// <summary>A way to predict, with its scores. A mean of several models has several members; a baseline has none.</summary>
internal sealed record Candidate(
    string Name,
    IReadOnlyList<Entrant> Members,
    Predicted Predicted,
    Scores Validation,
    Scores HeldOut,
    IReadOnlyList<Scores> HeldOutByShard);
