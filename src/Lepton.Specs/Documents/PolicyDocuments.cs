namespace Lepton.Specs;

/// <summary>When an ended attempt is followed by another.</summary>
public sealed record RetryDocument
{
    public int? Max { get; init; }

    public TimeSpan? Backoff { get; init; }

    public ValueList<RetryCause>? On { get; init; }
}

/// <summary>Ends of an attempt that <c>retry.on</c> can name.</summary>
public enum RetryCause
{
    Preempted,
    NodeLost,
    LeaseExpired,
    DeviceFault,
    OutOfMemory,
    ExitNonZero,
}

/// <summary>How a task may be interrupted.</summary>
public sealed record PreemptionDocument
{
    public bool? Preemptible { get; init; }

    public int? GraceSeconds { get; init; }

    public int? MaxMoves { get; init; }
}

/// <summary>How a task saves its progress.</summary>
public sealed record CheckpointDocument
{
    public TimeSpan? Every { get; init; }

    public string? Path { get; init; }
}

/// <summary>What the author expects of the task.</summary>
public sealed record EstimateDocument
{
    public TimeSpan? Runtime { get; init; }

    public decimal? GpuUtil { get; init; }
}

/// <summary>What happens when a budget is used up.</summary>
public enum OnExceed
{
    Hold,
    Spot,
    Stop,
}

/// <summary>What the task may cost.</summary>
public sealed record BudgetDocument
{
    public decimal? MaxUsd { get; init; }

    public decimal? MaxHourlyUsd { get; init; }

    public OnExceed? OnExceed { get; init; }
}

/// <summary>Whether interruptible capacity is used.</summary>
public enum SpotUse
{
    Allow,
    Only,
    Never,
}

/// <summary>Which of several copies' results counts.</summary>
public enum AcceptRule
{
    First,
    Majority,
}

/// <summary>Copies of one task in distinct failure domains.</summary>
public sealed record RedundancyDocument
{
    public int? Copies { get; init; }

    public SpreadLevel? Spread { get; init; }

    public AcceptRule? Accept { get; init; }

    /// <summary>The file whose hash a majority compares.</summary>
    public string? Result { get; init; }
}

/// <summary>Tasks that start together.</summary>
public sealed record GangDocument
{
    public int Size { get; init; }

    public int? MinAvailable { get; init; }

    public bool? SameRegion { get; init; }
}
