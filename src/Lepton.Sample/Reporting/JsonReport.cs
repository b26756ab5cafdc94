using System.Text.Json;
using Lepton.Sample.Comparing;

namespace Lepton.Sample.Reporting;

/// <summary>report.json: the same figures as report.md, for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Of(PickResult result) => JsonSerializer.Serialize(new
    {
        Winner = result.Winner.Name,
        Comparisons = new[] { Entry(result.AgainstShapeMean), Entry(result.AgainstHistoryMean) },
        Shards = result.Shards.Select(shard => new { shard.Name, ValidationRows = shard.Validation.Count, HeldOutRows = shard.HeldOut.Count }),
        Candidates = result.Candidates.Select(Entry),
    }, Json);

    private static object Entry(Comparison comparison) => new
    {
        Baseline = comparison.Baseline.Name,
        Verdict = comparison.Verdict.ToString(),
        comparison.DifferenceLow,
        comparison.DifferenceHigh,
        comparison.Baseline.Validation,
        comparison.Baseline.HeldOut,
        comparison.Baseline.HeldOutByShard,
    };

    private static object Entry(Candidate candidate) => new
    {
        candidate.Name,
        Members = candidate.Members.Select(member => new { member.Card.Shard, member.Card.Parameters }),
        candidate.Validation,
        candidate.HeldOut,
        candidate.HeldOutByShard,
    };
}
