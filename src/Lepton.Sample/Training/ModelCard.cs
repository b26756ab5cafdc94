using Lepton.Sample.Comparing;

namespace Lepton.Sample.Training;

/// <summary>What a model archive says of itself: where it comes from, how it was grown, how it did on its own validation rows.</summary>
internal sealed record ModelCard(
    string Shard,
    string InputSha256,
    BoostParameters Parameters,
    IReadOnlyList<string> Features,
    int FitRows,
    Scores Validation,
    IReadOnlyDictionary<string, Tally> FitShapes,
    IReadOnlyDictionary<string, Tally> TrainingShapes);
