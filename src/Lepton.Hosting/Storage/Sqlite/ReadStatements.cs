using Lepton.Contracts;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting;

/// <summary>A row as it lies on the disk.</summary>
internal readonly record struct RawRow(string Key, long ETag, byte[] Bytes);

/// <summary>A read connection with its statements prepared. Used by one caller at a time.</summary>
internal sealed class ReadStatements(SqliteConnection db) : IDisposable
{
    /// <summary>Rows a scan takes in one go, so that no long read holds back the checkpoint of the log.</summary>
    public const int ScanPage = 512;

    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    public RawRow? Read(string key)
    {
        var command = Prepare("SELECT key, etag, value FROM rows WHERE key = $key", ("$key", key));
        using var reader = command.ExecuteReader();
        return reader.Read() ? Raw(reader) : null;
    }

    /// <param name="after">Last key of the page before; null = the first page.</param>
    public List<RawRow> Scan(KeyRange range, bool liveOnly, string? after)
    {
        var rows = liveOnly ? "rows INDEXED BY rows_live WHERE live = 1 AND" : "rows WHERE";
        var start = after is null ? ">=" : ">";
        var command = Prepare(
            $"SELECT key, etag, value FROM {rows} key {start} $start AND key < $to ORDER BY key LIMIT {ScanPage}",
            ("$start", after ?? range.From),
            ("$to", range.To));
        return All(command, Raw);
    }

    public List<OwingRow> ScanOwing(long after) => All(
        Prepare($"SELECT key, etag FROM rows INDEXED BY rows_owing WHERE owes = 1 AND etag > $after ORDER BY etag LIMIT {ScanPage}", ("$after", after)),
        reader => new OwingRow(reader.GetString(0), reader.GetInt64(1)));

    /// <summary>Up to <paramref name="limit"/> rows in list order, and the count of all that match.</summary>
    public (List<RawRow> Rows, long Total) List(RowList list, int limit, ListCursor? after)
    {
        var range = KeyRange.Of(list.Prefix);

        // One kind by time goes over the index; a part of a kind (the tasks of one job) is found by key.
        var from = range.IsWholeKind ? "rows INDEXED BY rows_list WHERE kind = $kind" : "rows NOT INDEXED WHERE key >= $from AND key < $to";
        List<(string Name, object Value)> values = range.IsWholeKind ? [("$kind", range.Kind!)] : [("$from", range.From), ("$to", range.To)];
        var filter = Filter(values, list);
        var total = (long)Prepare($"SELECT count(*) FROM {from}{filter}", values).ExecuteScalar()!;

        if (after is { } cursor)
        {
            filter += " AND time <= $time AND (time < $time OR key > $after)";
            values.Add(("$time", cursor.Ticks));
            values.Add(("$after", cursor.Key));
        }

        values.Add(("$limit", (long)limit));
        var page = Prepare(
            $"""
            SELECT r.key, r.etag, r.value FROM (SELECT key, time FROM {from}{filter} ORDER BY time DESC, key LIMIT $limit) AS page
            JOIN rows AS r ON r.key = page.key ORDER BY page.time DESC, page.key
            """,
            values);
        return (All(page, Raw), total);
    }

    /// <summary>Two reads that see the same moment.</summary>
    public T Together<T>(Func<ReadStatements, T> read)
    {
        Prepare("BEGIN").ExecuteNonQuery();
        try
        {
            return read(this);
        }
        finally
        {
            Prepare("COMMIT").ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        db.Dispose();
    }

    private static string Filter(List<(string Name, object Value)> values, RowList list)
    {
        var filter = list.LiveOnly ? " AND live = 1" : "";
        if (list.Name is not null)
        {
            filter += " AND name = $name";
            values.Add(("$name", list.Name));
        }

        if (list.Phases.Count > 0)
        {
            filter += " AND phase IN (SELECT value FROM json_each($phases))";
            values.Add(("$phases", System.Text.Json.JsonSerializer.Serialize(list.Phases)));
        }

        if (list.Before is { } before)
        {
            filter += " AND time < $before";
            values.Add(("$before", before.UtcTicks));
        }

        return filter;
    }

    private static List<T> All<T>(SqliteCommand command, Func<SqliteDataReader, T> map)
    {
        var rows = new List<T>();
        using var reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }

    private static RawRow Raw(SqliteDataReader reader) => new(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));

    private SqliteCommand Prepare(string sql, params List<(string Name, object Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = db.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
            command.Prepare();
            _prepared.Add(sql, command);
            return command;
        }

        for (var i = 0; i < values.Count; i++) command.Parameters[i].Value = values[i].Value;
        return command;
    }
}
