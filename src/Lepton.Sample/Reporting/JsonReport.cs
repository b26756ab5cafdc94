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
        BeatsShapeMean = result.Beats(result.ShapeMean),
        BeatsHistoryMean = result.Beats(result.HistoryMean),
        Shards = result.Shards.Select(shard => new { shard.Name, ValidationRows = shard.Validation.Count, HeldOutRows = shard.HeldOut.Count }),
        Baselines = new[] { Entry(result.ShapeMean), Entry(result.HistoryMean) },
        Candidates = result.Candidates.Select(Entry),
    }, Json);

    private static object Entry(Candidate candidate) => new
    {
        candidate.Name,
        Members = candidate.Members.Select(member => new { member.Card.Shard, member.Card.Parameters }),
        candidate.Validation,
        candidate.HeldOut,
        candidate.HeldOutByShard,
    };
}
