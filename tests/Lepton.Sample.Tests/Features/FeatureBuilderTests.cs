using Lepton.Sample.Data;
using Lepton.Sample.Features;

namespace Lepton.Sample.Tests.Features;

public sealed class FeatureBuilderTests
{
    [Fact]
    public void Every_feature_has_a_name()
    {
        var rows = FeatureBuilder.Build([Rows.Row(Rows.Small, 1, 5)], TimeSplit.Default);

        Assert.Equal(FeatureNames.All.Length, Assert.Single(rows).Features.Length);
        Assert.All(rows[0].Features, value => Assert.True(float.IsFinite(value)));
    }

    /// <summary>No leakage: on the real rows, whatever had not ended at a moment can be changed without changing a feature.</summary>
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Features_do_not_see_how_running_or_later_tasks_end(double share)
    {
        var rows = PodFile.Read(Rows.ShardPath("us-east"));
        var count = (int)(share * rows.Count);
        var now = rows[count].Created;
        var changed = rows.Select(row => row.Deleted < now ? row : row with { Deleted = row.Deleted + 100_000, EndPhase = "Failed" }).ToList();
        Assert.NotEqual(rows, changed);

        var before = FeatureBuilder.Build(rows, TimeSplit.Default).Take(count + 1).Select(row => row.Features);
        var after = FeatureBuilder.Build(changed, TimeSplit.Default).Take(count + 1).Select(row => row.Features);

        Assert.Equal(before, after);
    }
}
