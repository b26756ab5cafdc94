using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Contracts;

/// <summary>Content of a region by its SHA-256: outputs, checkpoints, staged inputs. Never carried inside grain calls.</summary>
public interface IArtifactStore
{
    /// <summary>Stores a stream under its hash; the same content is stored once. Durable when it returns.</summary>
    /// <exception cref="StoreUnavailableException">Disk full or read-only; nothing is left behind.</exception>
    /// <exception cref="InvalidDataException">Larger than the limit, not the expected hash, or not allowed to be in this region.</exception>
    Task<(string Sha256, long SizeBytes)> Put(Stream content, string? expectedSha256, CancellationToken cancel);

    /// <summary>The same with the regions in which its owner lets it be. Content that several own may be wherever one of them lets it.</summary>
    /// <param name="within">Default: anywhere.</param>
    Task<(string Sha256, long SizeBytes)> Put(Stream content, string? expectedSha256, ImmutableArray<RegionId> within, CancellationToken cancel);

    /// <summary>The regions in which an artifact that is here may be; default: anywhere, or it is not here.</summary>
    ImmutableArray<RegionId> Within(string sha256);

    /// <summary>Null when not here. The stream can seek.</summary>
    Task<Stream?> Open(string sha256, CancellationToken cancel);

    /// <summary>Makes the artifact present here, fetching it from its region over HTTP with range resume, compression and checksum.</summary>
    /// <exception cref="FileNotFoundException">Neither here nor in its region.</exception>
    /// <exception cref="InvalidDataException">What the region sent is not the artifact, or may not be here; nothing is left behind.</exception>
    /// <exception cref="StoreUnavailableException">The region cannot be reached, or the disk here takes nothing.</exception>
    Task<Stream> Fetch(ArtifactRef artifact, CancellationToken cancel);
}

/// <summary>Logs of attempts, kept off the node: appended while the attempt runs, bounded and rotated, readable after the node is gone.</summary>
public interface ILogStore
{
    /// <summary>
    /// Appends at an offset. An overlap is skipped (a repeat changes nothing); after a gap nothing is written. Returns the length now: where
    /// it is less than the end of what was sent, go on from there.
    /// </summary>
    /// <exception cref="InvalidOperationException">The log is complete and these bytes are beyond its end.</exception>
    /// <exception cref="StoreUnavailableException">Disk full or read-only.</exception>
    Task<long> Append(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Length and first kept offset; null when there is no log.</summary>
    Task<LogExtent?> Extent(AttemptId attempt, CancellationToken cancel);

    /// <summary>
    /// Up to <paramref name="limit"/> bytes from an offset; an offset that was rotated away starts at the first kept one. No log yet = empty.
    /// </summary>
    Task<LogChunk> Read(AttemptId attempt, long offset, int limit, CancellationToken cancel);

    /// <summary>The attempt writes no more: followers end after its last byte.</summary>
    Task Complete(AttemptId attempt, CancellationToken cancel);
}

/// <summary>What is kept of a log: bytes [First, Length); Complete = no more will come.</summary>
public sealed record LogExtent(long First, long Length, bool Complete);

/// <summary>A piece of a log.</summary>
public sealed record LogChunk(long Offset, ReadOnlyMemory<byte> Bytes, LogExtent Extent);
