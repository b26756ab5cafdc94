using Lepton.Model;

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
    /// <returns>The new ETags in the order of the writes, or null when an ETag did not match: nothing was written.</returns>
    /// <exception cref="StoreUnavailableException">Nothing of the batch was written, or (only when <c>Unknown</c>) it is not known.</exception>
    ValueTask<long[]?> Write(IReadOnlyList<RowWrite> batch, CancellationToken cancel);

    /// <summary>Records with a key prefix, in key order.</summary>
    IAsyncEnumerable<StoredRecord> Scan(RowScan scan, CancellationToken cancel);

    /// <summary>A page of a list: by index, newest first, with the count of all that match.</summary>
    ValueTask<RowPage> List(RowList list, CancellationToken cancel);

    /// <summary>Keys of all records that owe messages, so that a restarted region wakes their grains.</summary>
    IAsyncEnumerable<string> ScanOwing(CancellationToken cancel);

    /// <summary>Removes records that are not live and older than the time, at most so many. Returns how many.</summary>
    ValueTask<int> Purge(string prefix, DateTimeOffset endedBefore, int limit, CancellationToken cancel);
}

/// <summary>One row of a batch. Value null = delete.</summary>
public sealed record RowWrite(string Key, long ExpectedETag, StoredMachine? Value);

/// <summary>Which rows to list.</summary>
/// <param name="After">Cursor of the page before; null = the first page.</param>
public sealed record RowList(string Prefix, IReadOnlyList<string> Phases, string? Name, bool LiveOnly, int Limit, string? After);

/// <summary>A page of records, newest first.</summary>
public sealed record RowPage(IReadOnlyList<StoredRecord> Records, string? Next, long Total);

/// <summary>The store cannot take or give rows now. The message says why and what to do.</summary>
/// <param name="unknown">True when a batch may have been written all the same.</param>
public sealed class StoreUnavailableException(string message, bool unknown, Exception? inner = null) : Exception(message, inner)
{
    public bool Unknown => unknown;
}
