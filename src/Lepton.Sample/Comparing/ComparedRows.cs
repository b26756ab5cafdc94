using Lepton.Sample.Features;

namespace Lepton.Sample.Comparing;

/// <summary>Predictions for the validation and the held-out rows of all shards, shard after shard.</summary>
internal sealed record Predicted(double[] Validation, double[] HeldOut)
{
    public static Predicted Mean(IReadOnlyList<Predicted> all) =>
        new(Mean([.. all.Select(one => one.Validation)]), Mean([.. all.Select(one => one.HeldOut)]));

    private static double[] Mean(double[][] all) => [.. all[0].Select((_, row) => all.Average(one => one[row]))];
}

/// <summary>The rows of all shards, shard after shard, and the scoring of predictions against them.</summary>
internal sealed class ComparedRows(IReadOnlyList<ShardRows> shards)
{
    public IReadOnlyList<FeatureRow> Validation { get; } = [.. shards.SelectMany(shard => shard.Validation)];

    public IReadOnlyList<FeatureRow> HeldOut { get; } = [.. shards.SelectMany(shard => shard.HeldOut)];

    public Candidate Judge(string name, IReadOnlyList<Entrant> members, Predicted predicted)
    {
        var byShard = new List<Scores>();
        var from = 0;
        foreach (var shard in shards)
        {
            byShard.Add(Scores.Of(shard.HeldOut, predicted.HeldOut[from..(from + shard.HeldOut.Count)]));
            from += shard.HeldOut.Count;
        }
        return new Candidate(name, members, Scores.Of(Validation, predicted.Validation), Scores.Of(HeldOut, predicted.HeldOut), byShard);
    }
}
