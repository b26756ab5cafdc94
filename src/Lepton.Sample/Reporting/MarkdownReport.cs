using System.Globalization;
using System.Text;
using Lepton.Sample.Comparing;

namespace Lepton.Sample.Reporting;

/// <summary>report.md: the verdict first, then the figures behind it.</summary>
internal static class MarkdownReport
{
    public static string Of(PickResult result)
    {
        var (winner, baseline, history) = (result.Winner, result.AgainstShapeMean.Baseline, result.AgainstHistoryMean.Baseline);
        var text = new StringBuilder();
        text.Append("# How long will a task occupy its GPU?\n\n");
        text.Append(Sentence(winner, result.AgainstShapeMean)).Append("  \n").Append(Sentence(winner, result.AgainstHistoryMean)).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Chosen: **{winner.Name}**, out of {result.Candidates.Count} candidates, by its error on ");
        text.Append(CultureInfo.InvariantCulture, $"{winner.Validation.Rows} validation rows. ");
        text.Append(CultureInfo.InvariantCulture, $"Judged on {winner.HeldOut.Rows} held-out rows, the latest days of every shard, used neither to fit nor to choose.\n\n");

        text.Append("| on held-out rows | RMSE of ln s | median factor | within a factor of two |\n|---|--:|--:|--:|\n");
        foreach (var candidate in (Candidate[])[winner, baseline, history])
            text.Append(CultureInfo.InvariantCulture, $"| {candidate.Name} | {Cells(candidate.HeldOut)} |\n");

        text.Append("\n| shard | held-out rows | chosen: RMSE, factor | shape mean: RMSE, factor |\n|---|--:|--:|--:|\n");
        foreach (var (shard, i) in result.Shards.Select((shard, i) => (shard, i)))
        {
            var (ours, theirs) = (winner.HeldOutByShard[i], baseline.HeldOutByShard[i]);
            text.Append(CultureInfo.InvariantCulture,
                $"| {shard.Name} | {shard.HeldOut.Count} | {ours.Rmse:F4}, {ours.MedianFactor:F3} | {theirs.Rmse:F4}, {theirs.MedianFactor:F3} |\n");
        }

        text.Append("\nAll candidates, by validation error (held-out figures shown for the record, not used to choose):\n\n");
        text.Append("| candidate | validation RMSE | held-out RMSE | held-out factor |\n|---|--:|--:|--:|\n");
        foreach (var candidate in result.Candidates)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {candidate.Name} | {candidate.Validation.Rmse:F4} | {candidate.HeldOut.Rmse:F4} | {candidate.HeldOut.MedianFactor:F3} |\n");
        }
        return text.ToString();
    }

    private static string Sentence(Candidate winner, Comparison against)
    {
        var (ours, theirs) = (winner.HeldOut, against.Baseline.HeldOut);
        var words = against.Verdict switch
        {
            Verdict.Beats => "**beats**",
            Verdict.BetterButNotClearly => "is better, but **not clearly**, than",
            _ => "does **NOT beat**",
        };
        return string.Create(CultureInfo.InvariantCulture,
            $"The chosen model {words} the {against.Baseline.Name}: RMSE {ours.Rmse:F4} against {theirs.Rmse:F4} "
            + $"(difference {against.DifferenceLow:+0.000;-0.000} to {against.DifferenceHigh:+0.000;-0.000}, 95 %), "
            + $"median factor {ours.MedianFactor:F3} against {theirs.MedianFactor:F3}.");
    }

    private static string Cells(Scores scores) => string.Create(CultureInfo.InvariantCulture,
        $"{scores.Rmse:F4} | {scores.MedianFactor:F3} | {100 * scores.WithinTwo:F1} %");
}
