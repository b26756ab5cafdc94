using Lepton.Sample.Data;
using Lepton.Sample.Features;

namespace Lepton.Sample.Tests.Features;

public sealed class HistoryTests
{
    [Fact]
    public void A_duration_is_known_only_after_its_task_has_ended()
    {
        var history = new History();
        history.AdvanceTo(Rows.Row(Rows.Small, 10, 90));
        history.Submit(Rows.Row(Rows.Small, 10, 90));

        history.AdvanceTo(Rows.Row(Rows.Small, 100, 1)); // ends at this very second: not yet known
        Assert.Equal((0, 1), (history.SameShape(Rows.Small).Ended, history.SameShape(Rows.Small).Open));
        Assert.Equal(90, history.SameShape(Rows.Small).OpenAge(100));

        history.AdvanceTo(Rows.Row(Rows.Small, 101, 1));
        Assert.Equal((1, 0), (history.SameShape(Rows.Small).Ended, history.SameShape(Rows.Small).Open));
        Assert.Equal(Math.Log(91), history.SameShape(Rows.Small).Mean, 12);
    }

    [Fact]
    public void Shapes_do_not_mix_but_all_of_them_make_the_region()
    {
        var history = new History();
        history.Submit(Rows.Row(Rows.Small, 0, 9));
        history.Submit(Rows.Row(Rows.Large, 0, 99));

        history.AdvanceTo(Rows.Row(Rows.Small, 1000, 1));

        Assert.Equal(Math.Log(10), history.SameShape(Rows.Small).Mean, 12);
        Assert.Equal(Math.Log(100), history.SameShape(Rows.Large).Mean, 12);
        Assert.Equal(Math.Log(1000) / 2, history.All.Mean, 12);
    }

    [Fact]
    public void Remembers_order_of_ending_not_of_submission()
    {
        var history = new History();
        history.Submit(Rows.Row(Rows.Small, 0, 500, "Failed"));
        history.Submit(Rows.Row(Rows.Small, 10, 20));

        history.AdvanceTo(Rows.Row(Rows.Small, 1000, 1));

        var same = history.SameShape(Rows.Small);
        Assert.Equal(Math.Log(501), same.Last, 12);
        Assert.Equal(Math.Log(21), same.BeforeLast, 12);
        Assert.Equal(0.5, same.FailedShare);
        Assert.Equal(500, same.SecondsSinceEnd(1000));
        Assert.Equal(990, same.SecondsSinceSubmit(1000));
    }

    [Fact]
    public void A_mean_of_few_tasks_is_drawn_towards_the_wider_group()
    {
        var history = new History();
        Assert.Equal(5, history.SameShape(Rows.Small).Shrunk(5), 12);

        history.Submit(Rows.Row(Rows.Small, 0, 1));
        history.AdvanceTo(Rows.Row(Rows.Small, 10, 1));

        // One own task of ln 2 against three of the wider group at 5.
        Assert.Equal((Math.Log(2) + 15) / 4, history.SameShape(Rows.Small).Shrunk(5), 12);
    }

    [Fact]
    public void Refuses_rows_out_of_order()
    {
        var history = new History();
        history.AdvanceTo(Rows.Row(Rows.Small, 10, 1));

        Assert.Contains("before the row above it",
            Assert.Throws<InvalidDataException>(() => history.AdvanceTo(Rows.Row(Rows.Small, 9, 1))).Message);
    }
}
