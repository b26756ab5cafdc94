namespace Lepton.Agent;

/// <summary>
/// The agent's only clock: the boot-time clock, shown as a date by the offset it had at the start. Jumps of the wall clock do not
/// move it, and time asleep counts: a lease that lapsed while the machine slept has lapsed.
/// </summary>
internal sealed class BootClock : TimeProvider
{
    private readonly DateTimeOffset _boot = DateTimeOffset.UtcNow - Native.BootTime();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _boot + Native.BootTime();

    public override long GetTimestamp() => Native.BootTime().Ticks;

    /// <summary>Time since boot at a date of this clock.</summary>
    public TimeSpan SinceBoot(DateTimeOffset at) => at - _boot;

    /// <summary>Date of this clock at a time since boot.</summary>
    public DateTimeOffset At(TimeSpan sinceBoot) => _boot + sinceBoot;
}
