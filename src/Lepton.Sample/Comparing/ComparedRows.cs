using Lepton.Sample.Features;

namespace Lepton.Sample.Comparing;

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
        return new Candidate(name, members, predicted, Scores.Of(Validation, predicted.Validation), Scores.Of(HeldOut, predicted.HeldOut), byShard);
    }
}
