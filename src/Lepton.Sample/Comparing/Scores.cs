using System.Globalization;
using Lepton.Sample.Features;

namespace Lepton.Sample.Comparing;

/// <summary>How far predictions are from the truth.</summary>
/// <param name="Rows">Number of rows compared.</param>
/// <param name="Rmse">Root of the mean squared error of ln(1 + seconds).</param>
/// <param name="MedianFactor">exp(median |error|): half of the tasks are wrong by at most this factor.</param>
/// <param name="WithinTwo">Share of the tasks wrong by at most a factor of two.</param>
internal sealed record Scores(int Rows, double Rmse, double MedianFactor, double WithinTwo)
{
    public static Scores Of(IReadOnlyList<FeatureRow> rows, double[] predicted) => Of([.. rows.Select(row => row.Target)], predicted);

    public static Scores Of(double[] actual, double[] predicted)
    {
        if (actual.Length == 0 || actual.Length != predicted.Length)
            throw new ArgumentException($"{predicted.Length} predictions cannot be compared with {actual.Length} targets.");
        var errors = actual.Zip(predicted, (a, p) => Math.Abs(a - p)).Order().ToArray();
        var middle = errors.Length / 2;
        var median = errors.Length % 2 == 1 ? errors[middle] : (errors[middle - 1] + errors[middle]) / 2;
        return new Scores(
            errors.Length,
            Math.Sqrt(errors.Average(error => error * error)),
            Math.Exp(median),
            (double)errors.Count(error => error <= Math.Log(2)) / errors.Length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"rmse {Rmse:F4} (ln s), median factor {MedianFactor:F3}, within a factor of two {100 * WithinTwo:F1} % of {Rows} rows");
}
