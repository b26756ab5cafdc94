using Lepton.Model;
using Orleans;

namespace Lepton.Contracts;

/// <summary>
/// The durable store of one region: rows by key with versions, atomic batches, scans by prefix, indexes over phase, tenant, queue, time and debts.
/// All implementations pass the same contract tests.
/// </summary>
public interface IRegionStore
{
    /// <summary>Null when the key is absent.</summary>
    /// <exception cref="StoreUnavailableException">Disk full, locked, read-only, gone.</exception>
    ValueTask<StoredRecord?> Read(string key, CancellationToken cancel);

    /// <summary>
    /// Writes all or nothing and returns when it is durable. A write whose expected ETag is not the current one (0 = must be absent) fails the batch.
    /// </summary>
    /// <returns>The new ETags in the order of the writes (0 for a delete), or null when an ETag did not match: nothing was written.</returns>
    /// <exception cref="ArgumentException">A key is twice in the batch, or empty.</exception>
    /// <exception cref="StoreUnavailableException">Nothing of the batch was written, or (only when <c>Unknown</c>) it is not known.</exception>
    ValueTask<long[]?> Write(IReadOnlyList<RowWrite> batch, CancellationToken cancel);

    /// <summary>Records with a key prefix, in key order; each as it was at some moment of the scan.</summary>
    IAsyncEnumerable<StoredRecord> Scan(RowScan scan, CancellationToken cancel);

    /// <summary>A page of a list: by index, newest first (same time: by key), with the count of all that match.</summary>
    /// <exception cref="ArgumentException">The cursor is none of ours, or the limit is not 1 to 10,000.</exception>
    ValueTask<RowPage> List(RowList list, CancellationToken cancel);

    /// <summary>
    /// Keys and ETags of the records that owe messages and were written behind an ETag, in the order of ETags, so that a restarted region wakes their grains.
    /// ETags of a store grow with every write: what is written while this goes on comes last.
    /// </summary>
    /// <param name="after">0 = all.</param>
    IAsyncEnumerable<OwingRow> ScanOwing(long after, CancellationToken cancel);

    /// <summary>
    /// Removes records that are not live, owe nothing and are older than the time, oldest first, at most so many. Returns how many.
    /// </summary>
    ValueTask<int> Purge(string prefix, DateTimeOffset endedBefore, int limit, CancellationToken cancel);
}

/// <summary>A record that owes messages, and its version.</summary>
public readonly record struct OwingRow(string Key, long ETag);

/// <summary>One row of a batch. Value null = delete.</summary>
public sealed record RowWrite(string Key, long ExpectedETag, StoredMachine? Value);

/// <summary>Which rows to list.</summary>
/// <param name="Phases">Empty = all.</param>
/// <param name="Name">The exact name; null = all.</param>
/// <param name="Limit">1 to 10,000.</param>
/// <param name="After">Cursor of the page before; null = the first page.</param>
/// <param name="Before">Only rows whose time is before this one; null = all.</param>
public sealed record RowList(
    string Prefix,
    IReadOnlyList<string> Phases,
    string? Name,
    bool LiveOnly,
    int Limit,
    string? After,
    DateTimeOffset? Before = null);

/// <summary>A page of records, newest first.</summary>
public sealed record RowPage(IReadOnlyList<StoredRecord> Records, string? Next, long Total);

/// <summary>The store cannot take or give rows now. The message says why and what to do. Crosses grain calls as it is.</summary>
[GenerateSerializer, Alias("StoreUnavailableException")]
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message, bool unknown, Exception? inner = null)
        : base(message, inner) => Unknown = unknown;

    /// <summary>True when a batch may have been written all the same.</summary>
    [Id(0)]
    public bool Unknown { get; private set; }
}
