using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.Tests.Shell;

public sealed class OwingRowsTests
{
    private readonly OwingRows _rows = new();

    [Fact]
    public void What_rests_is_left_alone_and_the_scan_goes_on_behind_it()
    {
        _rows.Woken("job/a", 3, rests: true);
        _rows.Woken("job/b", 7, rests: true);
        _rows.EndPass();

        Assert.Equal(7, _rows.Seen);
        Assert.Empty(_rows.Open);
    }

    [Fact]
    public void What_does_not_rest_is_woken_with_each_pass_until_it_does()
    {
        _rows.Woken("job/a", 3, rests: false);
        _rows.EndPass();
        Assert.Equal(["job/a"], _rows.Open);
        foreach (var key in _rows.Open) _rows.Woken(key, rests: false);
        _rows.EndPass();
        Assert.Equal(["job/a"], _rows.Open);

        foreach (var key in _rows.Open) _rows.Woken(key, rests: true);
        _rows.EndPass();

        Assert.Empty(_rows.Open);
        Assert.Equal(3, _rows.Seen);
    }

    [Fact]
    public void A_pass_that_failed_in_the_middle_loses_nothing()
    {
        _rows.Woken("job/a", 3, rests: false);
        _rows.EndPass();
        _rows.Woken("job/a", rests: false);
        _rows.Woken("job/b", 4, rests: false);      // here the store fails, and the pass does not end

        Assert.Equal(["job/a"], _rows.Open);
        _rows.Woken("job/a", rests: true);
        _rows.EndPass();

        Assert.Equal(["job/a", "job/b"], _rows.Open.Order());
    }
}
