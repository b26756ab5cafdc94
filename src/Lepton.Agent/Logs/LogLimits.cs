namespace Lepton.Agent.Logs;

/// <summary>What logs may cost the machine and the region.</summary>
internal sealed record LogLimits
{
    /// <summary>Bytes sent in one call.</summary>
    public int ChunkBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes a second over all attempts of the agent.</summary>
    public int BytesPerSecond { get; init; } = 8 * 1024 * 1024;

    /// <summary>Bytes of one attempt that wait on disk for their region; beyond that the oldest are dropped, visibly.</summary>
    public long WaitingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How often a log is looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the end of an attempt waits for the rest of its log.</summary>
    public TimeSpan LastWords { get; init; } = TimeSpan.FromSeconds(5);
}
