using Lepton.Model;

namespace Lepton.Scheduling.Queueing.Preempting;

/// <summary>Something that runs, as a preemptor sees it: a task, or a whole gang, which is put off as a whole or not at all.</summary>
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

    /// <summary>What it holds in all.</summary>
    public required long[] Amounts { get; init; }

    /// <summary>The members of a gang, each on its node with its own amounts; empty: it is a single task.</summary>
    public IReadOnlyList<RunningTask> Members { get; init; } = [];

    public bool IsOn(int node)
    {
        if (Members.Count == 0) return Node == node;
        for (var m = 0; m < Members.Count; m++)
        {
            if (Members[m].Node == node) return true;
        }

        return false;
    }

    // lost = time since it started, less whole intervals of checkpoints
    /// <summary>Work that is lost if it ends now.</summary>
    public TimeSpan WorkLost(DateTimeOffset now)
    {
        var ran = now > StartedAt ? now - StartedAt : TimeSpan.Zero;
        return CheckpointEvery is { Ticks: > 0 } every ? TimeSpan.FromTicks(ran.Ticks % every.Ticks) : ran;
    }

    /// <summary>minimum(n) = first * 2^n: what was put off n times runs that much longer before it can be again.</summary>
    public bool IsOldEnough(DateTimeOffset now, TimeSpan minimumRun) => Members.Count > 0 ? Members.All(m => m.IsOldEnough(now, minimumRun)) :
        now - StartedAt >= TimeSpan.FromTicks((long)Math.Min(TimeSpan.MaxValue.Ticks / 2, minimumRun.Ticks * Math.Pow(2, Math.Min(TimesPutOff, 30))));
}
