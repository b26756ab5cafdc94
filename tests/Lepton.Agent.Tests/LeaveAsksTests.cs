namespace Lepton.Agent.Tests;

public sealed class LeaveAsksTests
{
    [Fact]
    public void A_second_wish_means_now_but_an_echo_of_the_first_does_not()
    {
        var clock = new Clock();
        var asks = new LeaveAsks(clock);

        Assert.False(asks.MeansNow());
        clock.Passed = LeaveAsks.SameWish;
        Assert.False(asks.MeansNow());
        clock.Passed += TimeSpan.FromMilliseconds(1);
        Assert.True(asks.MeansNow());
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
