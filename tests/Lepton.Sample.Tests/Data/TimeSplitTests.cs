using Lepton.Sample.Data;

namespace Lepton.Sample.Tests.Data;

public sealed class TimeSplitTests
{
    private static readonly TimeSplit Split = new(ValidationFromDay: 10, HeldOutFromDay: 20);

    private const long Day = TimeSplit.SecondsPerDay;

    [Theory]
    [InlineData(9 * Day, 60, Part.Fit)]
    [InlineData(10 * Day, 60, Part.Validation)]
    [InlineData(20 * Day - 61, 60, Part.Validation)]
    [InlineData(20 * Day, 60, Part.HeldOut)]
    [InlineData(25 * Day, 90 * Day, Part.HeldOut)]
    public void Parts_follow_one_another_in_time(long created, long seconds, object expected) =>
        Assert.Equal((Part)expected, Split.PartOf(Rows.Row(Rows.Small, created, seconds)));

    [Theory]
    [InlineData(10 * Day - 30)]
    [InlineData(20 * Day - 30)]
    public void A_task_that_ends_after_its_part_is_set_aside_because_nobody_could_know_its_duration(long created) =>
        Assert.Equal(Part.SetAside, Split.PartOf(Rows.Row(Rows.Small, created, 60)));

    [Fact]
    public void Held_out_rows_of_every_shard_come_after_all_training_rows_of_every_shard_have_ended()
    {
        var rows = Dealer.Regions.SelectMany(region => PodFile.Read(Rows.ShardPath(region))).ToLookup(TimeSplit.Default.PartOf);

        var trainingEnds = rows[Part.Fit].Concat(rows[Part.Validation]).Max(row => row.Deleted);
        Assert.True(trainingEnds < rows[Part.HeldOut].Min(row => row.Created));
        Assert.True(rows[Part.Fit].Max(row => row.Deleted) < rows[Part.Validation].Min(row => row.Created));
    }
}
