using System.Runtime.CompilerServices;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// A region's store in memory: for tests and for several silos of one process that share it. Nothing survives the process.
/// Thread-safe; records are immutable, so what is stored is handed out as it is.
/// </summary>
public sealed class MemoryRegionStore : IRegionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredRecord> _rows = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private long _lastETag;

    public ValueTask<StoredRecord?> Read(string key, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate) return ValueTask.FromResult(_rows.GetValueOrDefault(key));
    }

    public ValueTask<long[]?> Write(IReadOnlyList<RowWrite> batch, CancellationToken cancel)
    {
        RowChecks.Batch(batch);
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            foreach (var write in batch)
            {
                if ((_rows.GetValueOrDefault(write.Key)?.ETag ?? 0) != write.ExpectedETag) return ValueTask.FromResult<long[]?>(null);
            }

            var etags = new long[batch.Count];
            for (var i = 0; i < batch.Count; i++) etags[i] = Apply(batch[i]);
            return ValueTask.FromResult<long[]?>(etags);
        }
    }

    public async IAsyncEnumerable<StoredRecord> Scan(RowScan scan, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        foreach (var record in Matching(scan.Prefix, r => !scan.LiveOnly || r.Value.Row.Index.Live))
        {
            cancel.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    public ValueTask<RowPage> List(RowList list, CancellationToken cancel)
    {
        RowChecks.List(list);
        cancel.ThrowIfCancellationRequested();
        var after = list.After is null ? (ListCursor?)null : ListCursor.Parse(list.After);
        var all = Matching(list.Prefix, r => Matches(list, r.Value.Row.Index));
        var rest = all
            .Where(r => after is not { } cursor || IsAfter(cursor, r))
            .OrderByDescending(r => r.Value.Row.Index.Time.UtcTicks)
            .ThenBy(r => r.Key, StringComparer.Ordinal)
            .Take(list.Limit + 1)
            .ToList();
        if (rest.Count <= list.Limit) return ValueTask.FromResult(new RowPage(rest, null, all.Count));
        rest.RemoveAt(list.Limit);
        return ValueTask.FromResult(new RowPage(rest, ListCursor.Of(rest[^1]).ToString(), all.Count));
    }

    public async IAsyncEnumerable<OwingRow> ScanOwing(long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        foreach (var record in Matching("", r => r.ETag > after && Owes(r)).OrderBy(r => r.ETag))
        {
            cancel.ThrowIfCancellationRequested();
            yield return new OwingRow(record.Key, record.ETag);
        }
    }

    public ValueTask<int> Purge(string prefix, DateTimeOffset endedBefore, int limit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var over = Matching(prefix, r => !r.Value.Row.Index.Live && !Owes(r) && r.Value.Row.Index.Time < endedBefore)
                .OrderBy(r => r.Value.Row.Index.Time.UtcTicks)
                .Take(limit)
                .ToList();
            foreach (var record in over) Apply(new RowWrite(record.Key, record.ETag, null));
            return ValueTask.FromResult(over.Count);
        }
    }

    private static bool Owes(StoredRecord record) => !record.Value.Owed.IsDefaultOrEmpty;

    private static bool Matches(RowList list, RowIndex index) =>
        (list.Phases.Count == 0 || list.Phases.Contains(index.Phase))
        && (list.Name is null || list.Name == index.Name)
        && (!list.LiveOnly || index.Live)
        && (list.Before is not { } before || index.Time < before);

    private static bool IsAfter(ListCursor cursor, StoredRecord record)
    {
        var ticks = record.Value.Row.Index.Time.UtcTicks;
        return ticks < cursor.Ticks || (ticks == cursor.Ticks && string.CompareOrdinal(record.Key, cursor.Key) > 0);
    }

    /// <summary>A copy taken under the lock, so that callers enumerate without holding it.</summary>
    private List<StoredRecord> Matching(string prefix, Func<StoredRecord, bool> wanted)
    {
        lock (_gate)
        {
            return _keys.GetViewBetween(prefix, prefix + char.MaxValue).Select(key => _rows[key]).Where(wanted).ToList();
        }
    }

    /// <summary>Needs the lock. ETags come from one counter, so that a key written again after a delete never meets an old one.</summary>
    private long Apply(RowWrite write)
    {
        if (write.Value is null)
        {
            _rows.Remove(write.Key);
            _keys.Remove(write.Key);
            return 0;
        }

        _rows[write.Key] = new StoredRecord(write.Key, ++_lastETag, write.Value);
        _keys.Add(write.Key);
        return _lastETag;
    }
}
