using Lepton.Sample.Data;

namespace Lepton.Sample.Tests.Data;

public sealed class DealerTests
{
    [Fact]
    public void A_shape_stays_in_one_region_and_shapes_take_turns()
    {
        var third = Rows.Small with { GpuMilli = 250 };
        var rows = new[]
        {
            Rows.Row(Rows.Small, 1, 5), Rows.Row(Rows.Large, 2, 5), Rows.Row(Rows.Small, 3, 5), Rows.Row(third, 4, 5),
            Rows.Row(Rows.Large, 5, 5), Rows.Row(Rows.Small, 100, 1000),
        };

        var dealt = Dealer.Deal(rows);

        Assert.Equal(["us-east", "eu-west", "ap-south"], dealt.Select(shard => shard.Region));
        Assert.Equal([1L, 3], dealt[0].Rows.Select(row => row.Created));
        Assert.Equal([2L, 5], dealt[1].Rows.Select(row => row.Created));
        Assert.Equal([4L], dealt[2].Rows.Select(row => row.Created));
    }

    [Fact]
    public void Leaves_out_tasks_whose_occupation_of_a_gpu_is_unknown()
    {
        var usable = Rows.Row(Rows.Small, 10, 5);
        var rows = new[]
        {
            Rows.Row(Rows.Small, 0, 5), // there before the trace began
            usable,
            Rows.Row(Rows.Small, 11, 5) with { Scheduled = null },
            Rows.Row(Rows.Small with { Gpus = 0, GpuMilli = 0 }, 12, 5),
            Rows.Row(Rows.Small, 13, 1000), // still there when it ended
        };

        Assert.Equal([usable], Dealer.Deal(rows).SelectMany(shard => shard.Rows));
    }

    [Fact]
    public void Occupation_begins_when_the_task_is_scheduled_not_while_it_waits() =>
        Assert.Equal(60, Rows.Row(Rows.Small, 10, seconds: 60, wait: 500).OccupiedSeconds);
}
