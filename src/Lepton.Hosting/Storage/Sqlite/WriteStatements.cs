using Microsoft.Data.Sqlite;

namespace Lepton.Hosting;

/// <summary>The write connection with its statements prepared. Used by one thread.</summary>
internal sealed class WriteStatements : IDisposable
{
    private const int ETagsReserved = 4096;

    private readonly SqliteConnection _db;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _etagOf;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _lastETag;
    private readonly SqliteCommand _purgeKind;
    private readonly SqliteCommand _purgeRange;
    private long _etag;
    private long _reserved;

    public WriteStatements(SqliteConnection db)
    {
        _db = db;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _etagOf = Prepare("SELECT etag FROM rows WHERE key = $key", "$key");
        _put = Prepare(
            """
            INSERT INTO rows(key, etag, live, phase, tenant, queue, name, time, owes, kind, value)
            VALUES ($key, $etag, $live, $phase, $tenant, $queue, $name, $time, $owes, $kind, $value)
            ON CONFLICT(key) DO UPDATE SET etag = excluded.etag, live = excluded.live, phase = excluded.phase, tenant = excluded.tenant,
                queue = excluded.queue, name = excluded.name, time = excluded.time, owes = excluded.owes, value = excluded.value
            """,
            "$key", "$etag", "$live", "$phase", "$tenant", "$queue", "$name", "$time", "$owes", "$kind", "$value");
        _delete = Prepare("DELETE FROM rows WHERE key = $key", "$key");
        _lastETag = Prepare("UPDATE meta SET value = $etag WHERE name = 'etag'", "$etag");
        _purgeKind = Prepare(Purge("kind = $kind AND"), "$kind", "$from", "$to", "$before", "$limit");
        _purgeRange = Prepare(Purge(""), "$from", "$to", "$before", "$limit");
        _etag = _reserved = SqliteSchema.LastETag(db);
    }

    public void Begin() => _begin.ExecuteNonQuery();

    /// <summary>
    /// Last writes of the transaction: what has to happen before <see cref="Commit"/>, and may fail without doubt about the rest. The counter of ETags is
    /// written ahead, for many at a time: who opens the file next begins behind all of them, and most commits touch a page less.
    /// </summary>
    public void Finish()
    {
        if (_etag <= _reserved) return;
        var upTo = _etag + ETagsReserved;
        _lastETag.Parameters[0].Value = upTo;
        _lastETag.ExecuteNonQuery();
        _reserved = upTo;
    }

    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>0 = absent.</summary>
    public long ETagOf(string key)
    {
        _etagOf.Parameters[0].Value = key;
        return _etagOf.ExecuteScalar() is long etag ? etag : 0;
    }

    /// <summary>Writes or deletes; returns the new ETag. ETags come from one counter, so that a key written again never meets an old one.</summary>
    public long Put(EncodedRow row)
    {
        if (row.Bytes is null || row.Index is null)
        {
            _delete.Parameters[0].Value = row.Key;
            _delete.ExecuteNonQuery();
            return 0;
        }

        var p = _put.Parameters;
        p[0].Value = row.Key;
        p[1].Value = ++_etag;
        p[2].Value = row.Index.Live ? 1L : 0L;
        p[3].Value = row.Index.Phase;
        p[4].Value = row.Index.Tenant;
        p[5].Value = row.Index.Queue;
        p[6].Value = row.Index.Name;
        p[7].Value = row.Index.Time.UtcTicks;
        p[8].Value = row.Owes ? 1L : 0L;
        p[9].Value = KeyRange.KindOf(row.Key);
        p[10].Value = row.Bytes;
        _put.ExecuteNonQuery();
        return _etag;
    }

    public int Purge(KeyRange range, long endedBeforeTicks, int limit)
    {
        var command = range.Kind is null ? _purgeRange : _purgeKind;
        var p = command.Parameters;
        if (range.Kind is not null) p["$kind"].Value = range.Kind;
        p["$from"].Value = range.From;
        p["$to"].Value = range.To;
        p["$before"].Value = endedBeforeTicks;
        p["$limit"].Value = (long)limit;
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _db.Dispose();
    }

    private static string Purge(string kind) =>
        $"""
        DELETE FROM rows WHERE key IN (
            SELECT key FROM rows INDEXED BY rows_list
            WHERE {kind} key >= $from AND key < $to AND live = 0 AND owes = 0 AND time < $before
            ORDER BY time LIMIT $limit)
        """;

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _db.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.AddWithValue(name, DBNull.Value);
        command.Prepare();
        return command;
    }
}
