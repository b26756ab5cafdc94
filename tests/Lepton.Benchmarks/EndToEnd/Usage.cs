namespace Lepton.Benchmarks.EndToEnd;

/// <summary>What a region's silo and its agent have used since they started, as the region process tells it.</summary>
internal sealed record Usage
{
    public double SiloCpuMs { get; init; }

    /// <summary>The agent and every process it has started and waited for.</summary>
    public double AgentCpuMs { get; init; }

    /// <summary>Transactions of the store: each is one fsync of its log.</summary>
    public long Commits { get; init; }

    /// <summary>Batches written: one row each on the way of a task.</summary>
    public long RowWrites { get; init; }

    public long AllocatedBytes { get; init; }

    public int Collections { get; init; }

    /// <summary>Managed heap; after a full, blocking, compacting collection where that was asked for.</summary>
    public long HeapBytes { get; init; }

    public static Usage operator -(Usage a, Usage b) => new()
    {
        SiloCpuMs = a.SiloCpuMs - b.SiloCpuMs,
        AgentCpuMs = a.AgentCpuMs - b.AgentCpuMs,
        Commits = a.Commits - b.Commits,
        RowWrites = a.RowWrites - b.RowWrites,
        AllocatedBytes = a.AllocatedBytes - b.AllocatedBytes,
        Collections = a.Collections - b.Collections,
        HeapBytes = a.HeapBytes - b.HeapBytes,
    };

    public static Usage operator +(Usage a, Usage b) => a - (new Usage() - b);
}
