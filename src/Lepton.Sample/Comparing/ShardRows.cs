using Lepton.Sample.Features;

namespace Lepton.Sample.Comparing;

/// <summary>The rows of one shard on which models are chosen and judged, and the shape tallies of the rows before them.</summary>
/// <param name="Name">The shard.</param>
/// <param name="Validation">Rows to choose on.</param>
/// <param name="HeldOut">Rows to judge on.</param>
/// <param name="FitShapes">Of the rows before the validation rows.</param>
/// <param name="TrainingShapes">Of the rows before the held-out rows.</param>
internal sealed record ShardRows(
    string Name,
    IReadOnlyList<FeatureRow> Validation,
    IReadOnlyList<FeatureRow> HeldOut,
    IReadOnlyDictionary<string, Tally> FitShapes,
    IReadOnlyDictionary<string, Tally> TrainingShapes);
