using Lepton.Sample.Comparing;

namespace Lepton.Sample.Tests.Comparing;

public sealed class ComparisonTests
{
    private static readonly double[] Actual = [.. Enumerable.Range(0, 400).Select(i => i % 7 / 2.0)];

    [Fact]
    public void Half_the_error_everywhere_beats() =>
        Assert.Equal(Verdict.Beats, Compare(i => Actual[i] + 0.5, i => Actual[i] + 1).Verdict);

    [Fact]
    public void Noise_on_both_sides_is_not_clear()
    {
        // Mostly a little better, sometimes much worse: better on average, but a few rows decide.
        var comparison = Compare(i => Actual[i] + (i % 100 == 0 ? 9 : 1), i => Actual[i] + (i % 100 == 50 ? 9.5 : 1.01));

        Assert.True(comparison.DifferenceLow < 0 && comparison.DifferenceHigh > 0);
        Assert.Equal(Verdict.BetterButNotClearly, comparison.Verdict);
    }

    [Fact]
    public void Better_in_one_measure_only_does_not_beat() =>
        Assert.Equal(Verdict.DoesNotBeat, Compare(i => Actual[i] + 1, i => Actual[i] + (i % 4 == 0 ? 9 : 0.5)).Verdict);

    private static Comparison Compare(Func<int, double> ours, Func<int, double> theirs) =>
        Comparison.Of(Candidate(ours), Candidate(theirs), Actual);

    private static Candidate Candidate(Func<int, double> predict)
    {
        double[] predicted = [.. Actual.Select((_, i) => predict(i))];
        var scores = Scores.Of(Actual, predicted);
        return new Candidate("test", [], new Predicted([], predicted), scores, scores, [scores]);
    }
}
