using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <summary>What an ended attempt makes of its task.</summary>
internal readonly record struct AttemptOutcome(TaskPhase Phase, int Retries, DateTimeOffset NotBefore, string Message)
{
    /// <summary>Longest pause before a retry, however many there were.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(10);

    /// <summary>The whole policy on one screen: first match counts.</summary>
    public static AttemptOutcome Of(TaskRow row, AttemptEnd end, RegionSettings settings, DateTimeOffset now)
    {
        var retry = row.Run?.Template.Retry ?? RetryPolicy.Default;
        if (end.Cause == AttemptEndCause.Completed) return Over(TaskPhase.Succeeded, end.Message);
        if (row.CancelAsked) return Over(TaskPhase.Cancelled, row.Message);
        switch (end.Cause)
        {
            case AttemptEndCause.NotStarted:
                return new(TaskPhase.Pending, row.Retries, now + AfterRefusals(row, settings), Say(row, end));
            case AttemptEndCause.Preempted when IsCounted(retry, end.Cause):
                break;      // its submitter wants each one counted
            case AttemptEndCause.Preempted or AttemptEndCause.Migrated or AttemptEndCause.Superseded:
                return new(TaskPhase.Pending, row.Retries, now, Say(row, end));
            default:
                break;
        }

        var retryable = IsCounted(retry, end.Cause);
        if (retryable && row.Retries < retry.Max)
        {
            var pause = Doubled(retry.Backoff, row.Retries, LongestBackoff);
            return new(TaskPhase.Pending, row.Retries + 1, now + pause, $"{Say(row, end)} Retry {row.Retries + 1} of {retry.Max}.");
        }

        return end.Cause switch
        {
            AttemptEndCause.TimedOut => Over(TaskPhase.TimedOut, Say(row, end)),
            AttemptEndCause.Preempted => Over(TaskPhase.Preempted, $"{Say(row, end)} All {retry.Max} retries are used, and preemptions are counted (retry.on)."),
            AttemptEndCause.Cancelled => Over(TaskPhase.Cancelled, Say(row, end)),
            _ when retryable => Over(TaskPhase.Failed, $"{Say(row, end)} All {retry.Max} retries are used."),
            _ => Over(TaskPhase.Failed, Say(row, end)),
        };

        AttemptOutcome Over(TaskPhase phase, string message) => new(phase, row.Retries, default, message);
    }

    private static bool IsCounted(RetryPolicy retry, AttemptEndCause cause) => !retry.On.IsDefault && retry.On.Contains(cause);

    /// <summary>pause = first * 2^(refusals in a row), bounded: a picture that is wrong once is soon right, one that stays wrong must not spin.</summary>
    private static TimeSpan AfterRefusals(TaskRow row, RegionSettings settings)
    {
        var refusals = 0;
        for (var i = row.Attempts.Length - 2; i >= 0 && row.Attempts[i].End is { Cause: AttemptEndCause.NotStarted }; i--) refusals++;
        return Doubled(settings.ResendFirst / 2, refusals, settings.ResendLongest);
    }

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan longest)
    {
        var doubled = first.Ticks * Math.Pow(2, Math.Min(times, 40));
        return doubled < longest.Ticks ? TimeSpan.FromTicks((long)doubled) : longest;
    }

    /// <summary>What happened, with numbers, also where the node said nothing.</summary>
    private static string Say(TaskRow row, AttemptEnd end)
    {
        if (!string.IsNullOrEmpty(end.Message)) return end.Message;
        var place = row.Current is { Node: { } node } ? $" on {node}" : row.Current is { } current ? $" in {current.Region}" : "";
        var code = end.ExitCode is { } exit ? $" with exit code {exit}" : end.Signal is { } signal ? $" with signal {signal}" : "";
        return $"Attempt {row.Attempt} ended as {end.Cause}{code}{place}.";
    }
}
