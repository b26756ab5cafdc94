using CsCheck;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Tests.World;

public sealed class SkewedClockTests
{
    [Fact]
    public void When_is_the_first_moment_at_which_the_clock_shows_it() => Gen.Select(Gen.Long[-200_000_000, 200_000_000], Gen.Int[-20_000, 20_000], Gen.Long[0, 10_000_000_000])
        .Sample((offset, drift, now) =>
        {
            var clock = new SkewedClock(TimeSpan.FromTicks(offset), drift);
            var local = clock.At(now);
            var when = clock.When(local);
            Assert.True(clock.At(when) >= local);
            Assert.True(when == 0 || clock.At(when - 1) < local);
        });

    [Fact]
    public void A_clock_without_fault_shows_the_virtual_time() =>
        Assert.Equal(SkewedClock.Start + TimeSpan.FromSeconds(3), new SkewedClock(TimeSpan.Zero, 0).At(3 * TimeSpan.TicksPerSecond));
}
