using Lepton.Model;

namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Something that runs, as a preemptor sees it.</summary>
internal sealed record RunningTask
{
    public required TaskId Task { get; init; }

    public required int Node { get; init; }

    public required int Queue { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Interval of its checkpoints; null = it writes none, so all its work is lost.</summary>
    public TimeSpan? CheckpointEvery { get; init; }

    /// <summary>How often it was put off before: each time doubles the time for which it is left alone.</summary>
    public int TimesPutOff { get; init; }

    /// <summary>May be put off at all, and was not told to stop yet.</summary>
    public bool MayBePutOff { get; init; } = true;

    public required long[] Amounts { get; init; }

    // lost = time since it started, less whole intervals of checkpoints
    /// <summary>Work that is lost if it ends now.</summary>
    public TimeSpan WorkLost(DateTimeOffset now)
    {
        var ran = now > StartedAt ? now - StartedAt : TimeSpan.Zero;
        return CheckpointEvery is { Ticks: > 0 } every ? TimeSpan.FromTicks(ran.Ticks % every.Ticks) : ran;
    }

    /// <summary>minimum(n) = first * 2^n: what was put off n times runs that much longer before it can be again.</summary>
    public bool IsOldEnough(DateTimeOffset now, TimeSpan minimumRun) =>
        now - StartedAt >= TimeSpan.FromTicks((long)Math.Min(TimeSpan.MaxValue.Ticks / 2, minimumRun.Ticks * Math.Pow(2, Math.Min(TimesPutOff, 30))));
}
