namespace Lepton.Simulation.World;

/// <summary>The clock of one process: the virtual time with a constant offset and a small drift.</summary>
internal sealed class SkewedClock(TimeSpan offset, int driftPerMillion)
{
    /// <summary>What a clock without fault shows at the start of a run.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const long Far = long.MaxValue / 4;

    public TimeSpan Offset => offset;

    public int DriftPerMillion => driftPerMillion;

    /// <summary>local = start + offset + now * (1 + drift).</summary>
    public DateTimeOffset At(long now) =>
        Start.AddTicks(now + offset.Ticks + (now / 1_000_000 * driftPerMillion) + (now % 1_000_000 * driftPerMillion / 1_000_000));

    /// <summary>The first virtual time at which this clock shows <paramref name="local"/> or later.</summary>
    public long When(DateTimeOffset local)
    {
        if (local <= At(0)) return 0;
        var target = local.UtcTicks - Start.UtcTicks - offset.Ticks;
        if (target > Far) return Far;
        var when = (long)(target / (1 + (driftPerMillion * 1e-6))) - 2;
        while (At(when) < local) when++;
        return when;
    }
}
