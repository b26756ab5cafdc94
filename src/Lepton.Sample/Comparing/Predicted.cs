namespace Lepton.Sample.Comparing;

/// <summary>Predictions for the validation and the held-out rows of all shards, shard after shard.</summary>
internal sealed record Predicted(double[] Validation, double[] HeldOut)
{
    public static Predicted Mean(IReadOnlyList<Predicted> all) =>
        new(Mean([.. all.Select(one => one.Validation)]), Mean([.. all.Select(one => one.HeldOut)]));

    private static double[] Mean(double[][] all) => [.. all[0].Select((_, row) => all.Average(one => one[row]))];
}
