using Lepton.Model;

namespace Lepton.Agent.Data;

/// <summary>
/// Bytes of tasks, to and from the store of the agent's own region. A call that fails because the region does not answer throws
/// <see cref="Lepton.Contracts.StoreUnavailableException"/> or <see cref="IOException"/> and may be repeated.
/// </summary>
internal interface IRegionData
{
    /// <summary>Stores a file under its SHA-256, for a job of this residency; null: it may be anywhere.</summary>
    Task<ArtifactRef> Put(string name, string path, Residency? residency, CancellationToken cancel);

    /// <summary>Writes an artifact to a file, checked against its SHA-256; the region fetches it from where it lies when it has it not.</summary>
    /// <exception cref="FileNotFoundException">No region has it.</exception>
    Task Fetch(string sha256, RegionId from, string path, CancellationToken cancel);

    /// <summary>Appends to the log of an attempt; what the region already has is skipped, after a gap nothing is written. Returns the length it has now.</summary>
    Task<long> AppendLog(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Length of the log that the region has; 0 when it has none.</summary>
    Task<long> LogLength(AttemptId attempt, CancellationToken cancel);

    /// <summary>No more will come: followers end.</summary>
    Task CompleteLog(AttemptId attempt, CancellationToken cancel);
}
