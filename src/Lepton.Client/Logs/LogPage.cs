namespace Lepton.Client;

/// <summary>Which piece of a log to read.</summary>
/// <param name="Attempt">Null = the newest.</param>
/// <param name="Offset">First byte; one that was rotated away stands for the first kept one.</param>
/// <param name="Limit">Bytes at most.</param>
public sealed record LogRead(int? Attempt = null, long Offset = 0, int Limit = LogRead.DefaultLimit)
{
    public const int DefaultLimit = 256 * 1024;
    public const int LongestLimit = 1024 * 1024;
}

/// <summary>A piece of an attempt's log, and where it stands in the whole.</summary>
public sealed record LogPage
{
    public required string Task { get; init; }

    public required string TaskState { get; init; }

    /// <summary>0 = the task has no attempt yet.</summary>
    public required int Attempt { get; init; }

    public required int NewestAttempt { get; init; }

    public required long Offset { get; init; }

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>First byte that is still kept.</summary>
    public required long First { get; init; }

    /// <summary>Bytes written so far.</summary>
    public required long Length { get; init; }

    /// <summary>True when nothing will be added to this attempt's log.</summary>
    public required bool Complete { get; init; }

    /// <summary>Offset of the next page.</summary>
    public long Next => Offset + Bytes.Length;
}
