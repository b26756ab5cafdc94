namespace Lepton.Sample.Comparing;

/// <summary>What may be said of a model against a baseline.</summary>
internal enum Verdict
{
    /// <summary>Better in both measures, by more than chance explains.</summary>
    Beats,

    /// <summary>Better in both measures, but chance could explain it.</summary>
    BetterButNotClearly,

    /// <summary>Worse or equal in at least one measure.</summary>
    DoesNotBeat,
}

/// <summary>The chosen model against one baseline on the held-out rows.</summary>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="DifferenceLow">Lower end of the 95 % interval of the difference of RMSE; negative is better.</param>
/// <param name="DifferenceHigh">Upper end.</param>
/// <param name="Verdict">What follows.</param>
internal sealed record Comparison(Candidate Baseline, double DifferenceLow, double DifferenceHigh, Verdict Verdict)
{
    private const int Resamples = 1000;

    public static Comparison Of(Candidate winner, Candidate baseline, double[] actual)
    {
        var (low, high) = Interval(winner.Predicted.HeldOut, baseline.Predicted.HeldOut, actual);
        var better = winner.HeldOut.Rmse < baseline.HeldOut.Rmse && winner.HeldOut.MedianFactor < baseline.HeldOut.MedianFactor;
        return new Comparison(baseline, low, high,
            !better ? Verdict.DoesNotBeat : high < 0 ? Verdict.Beats : Verdict.BetterButNotClearly);
    }

    /// <summary>
    /// Paired bootstrap: draws the rows again with replacement and keeps the middle 95 % of the differences. It takes rows
    /// as independent; tasks of one burst are not quite, so the true interval is wider.
    /// </summary>
    private static (double Low, double High) Interval(double[] ours, double[] theirs, double[] actual)
    {
        var random = new Random(1);
        var differences = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            var (our, their) = (0.0, 0.0);
            for (var i = 0; i < actual.Length; i++)
            {
                var row = random.Next(actual.Length);
                our += Square(ours[row] - actual[row]);
                their += Square(theirs[row] - actual[row]);
            }
            differences[resample] = Math.Sqrt(our / actual.Length) - Math.Sqrt(their / actual.Length);
        }
        Array.Sort(differences);
        return (differences[(int)(0.025 * Resamples)], differences[(int)(0.975 * Resamples)]);
    }

    private static double Square(double x) => x * x;
}
