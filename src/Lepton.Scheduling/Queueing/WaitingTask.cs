using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Queueing;

/// <summary>A queued task with a history: it was dispatched before, or it is another region's.</summary>
internal sealed record WaitingTask
{
    public required TaskId Task { get; init; }

    public required TaskShape Shape { get; init; }

    public string Queue { get; init; } = QueueSettings.DefaultName;

    public required int Priority { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>Number of the newest attempt known; a guest's is the one it was given.</summary>
    public required int LastAttempt { get; init; }

    /// <summary>Set for guests: everything to run it with.</summary>
    public RunSpec? Run { get; init; }

    public DateTimeOffset NotBefore { get; init; }

    public AttemptEndCause? Cause { get; init; }

    public string Message { get; init; } = "";

    public int Retries { get; init; }

    /// <summary>How often it was put off for others.</summary>
    public int TimesPutOff { get; init; }

    public string? RestoreFrom { get; init; }

    /// <summary>Regions that sent it back, one entry each.</summary>
    public ImmutableArray<Refusal> Refusals { get; init; } = [];

    public QueueKey Key => new(Priority, SubmittedAt, Task.Job);
}
