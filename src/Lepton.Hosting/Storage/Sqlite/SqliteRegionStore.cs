using System.Runtime.CompilerServices;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// A region's store in one SQLite file: write-ahead log, every commit synced, many callers to a commit. One process at a time.
/// </summary>
public sealed class SqliteRegionStore : IRegionStore, IAsyncDisposable
{
    /// <summary>Largest row in bytes; a larger one is refused before it is queued.</summary>
    public const int MaxRowBytes = 64 << 20;

    private readonly SqliteFile _file;
    private readonly StoredMachineCodec _codec;
    private readonly StoreLock _lock;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    /// <summary>Opens the file, making it where there is none.</summary>
    /// <exception cref="ArgumentException">Options out of range; the message lists every error.</exception>
    /// <exception cref="StoreUnavailableException">In use, read-only, damaged, another program's, or of a newer version: the file is left as it is.</exception>
    public SqliteRegionStore(SqliteStoreOptions options, StoredMachineCodec codec)
    {
        if (options.Errors() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(options));
        _codec = codec;
        _file = new SqliteFile(options);
        MakeFolder();
        _lock = StoreLock.Take(_file.Path);
        try
        {
            _writer = new SqliteWriter(_file, new WriteStatements(_file.Create()), options);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        _readers = new SqliteReaders(_file, options.Readers);
    }

    public string Path => _file.Path;

    public async ValueTask<StoredRecord?> Read(string key, CancellationToken cancel) =>
        await _readers.Quick(r => r.Read(key), cancel) is { } raw ? Decode(raw) : null;

    public async ValueTask<long[]?> Write(IReadOnlyList<RowWrite> batch, CancellationToken cancel)
    {
        RowChecks.Batch(batch);
        cancel.ThrowIfCancellationRequested();
        if (batch.Count == 0) return [];
        var job = new WriteJob([.. batch.Select(Encode)]);
        _writer.Enqueue(job);
        return await job.Done.WaitAsync(cancel);       // cancelled here: the wait ends, the rows may be written
    }

    public async IAsyncEnumerable<StoredRecord> Scan(RowScan scan, [EnumeratorCancellation] CancellationToken cancel)
    {
        var range = KeyRange.Of(scan.Prefix);
        string? after = null;
        List<RawRow> page;
        do
        {
            var from = after;
            page = await _readers.Long(r => r.Scan(range, scan.LiveOnly, from), cancel);
            foreach (var raw in page) yield return Decode(raw);
            if (page.Count > 0) after = page[^1].Key;
        }
        while (page.Count == ReadStatements.ScanPage);
    }

    public async ValueTask<RowPage> List(RowList list, CancellationToken cancel)
    {
        RowChecks.List(list);
        var after = list.After is null ? (ListCursor?)null : ListCursor.Parse(list.After);
        var (rows, total) = await _readers.Long(r => r.Together(s => s.List(list, list.Limit + 1, after)), cancel);
        var records = rows.Take(list.Limit).Select(Decode).ToList();
        return new RowPage(records, rows.Count > list.Limit ? ListCursor.Of(records[^1]).ToString() : null, total);
    }

    public async IAsyncEnumerable<OwingRow> ScanOwing(long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<OwingRow> page;
        do
        {
            var from = after;
            page = await _readers.Long(r => r.ScanOwing(from), cancel);
            foreach (var row in page) yield return row;
            if (page.Count > 0) after = page[^1].ETag;
        }
        while (page.Count == ReadStatements.ScanPage);
    }

    public async ValueTask<int> Purge(string prefix, DateTimeOffset endedBefore, int limit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var job = new PurgeJob(KeyRange.Of(prefix), endedBefore.UtcTicks, limit);
        _writer.Enqueue(job);
        return await job.Done.WaitAsync(cancel);
    }

    /// <summary>Writes what waits, then lets the file go.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _readers.Dispose();
        _lock.Dispose();
    }

    private EncodedRow Encode(RowWrite write)
    {
        if (write.Value is null) return new EncodedRow(write.Key, write.ExpectedETag, null, false, null);
        var bytes = _codec.Encode(write.Value);
        if (bytes.Length > MaxRowBytes)
        {
            throw new ArgumentException($"Row '{write.Key}' has {bytes.Length} bytes; a row has {MaxRowBytes} at most. Maybe split the job.", nameof(write));
        }

        return new EncodedRow(write.Key, write.ExpectedETag, write.Value.Row.Index, !write.Value.Owed.IsDefaultOrEmpty, bytes);
    }

    private StoredRecord Decode(RawRow raw)
    {
        try
        {
            return new StoredRecord(raw.Key, raw.ETag, _codec.Decode(raw.Bytes));
        }
        catch (InvalidDataException e)
        {
            throw new StoreUnavailableException($"Row '{raw.Key}' of the store '{Path}' cannot be read. {e.Message}", false, e);
        }
    }

    private void MakeFolder()
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder '{folder}' of the store cannot be made: {e.Message} Maybe name another data folder.", false, e);
        }
    }
}
