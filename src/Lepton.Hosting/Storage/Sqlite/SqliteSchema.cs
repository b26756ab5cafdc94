using System.Globalization;
using Lepton.Contracts;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting;

/// <summary>Tables of a store file, and whose file it is: <c>application_id</c> says Lepton, <c>user_version</c> the schema.</summary>
internal static class SqliteSchema
{
    /// <summary>The schema this version writes. A file with a higher one is left alone.</summary>
    public const int Version = StoreFormat.Schema;

    /// <summary>"LPTN": tells a store of ours from any other SQLite file.</summary>
    public const int ApplicationId = StoreFormat.ApplicationId;

    /// <summary>Files up to this size are checked as a whole when opened; larger ones page by page as they are read.</summary>
    private const long CheckedBytes = 64L << 20;

    /// <remarks>
    /// rows_list: lists of one kind by time, without touching the values. rows_live and rows_owing hold only the few rows that a restart
    /// wants; who owes stands in the order of ETags, so that what was written since is found without what was not. A list within one job goes by the primary key.
    /// </remarks>
    private const string Create =
        """
        CREATE TABLE rows(
            key    TEXT    NOT NULL PRIMARY KEY,
            etag   INTEGER NOT NULL,
            live   INTEGER NOT NULL,
            phase  TEXT    NOT NULL,
            tenant TEXT    NOT NULL,
            queue  TEXT    NOT NULL,
            name   TEXT    NOT NULL,
            time   INTEGER NOT NULL,
            owes   INTEGER NOT NULL,
            kind   TEXT    NOT NULL,
            value  BLOB    NOT NULL) WITHOUT ROWID;
        CREATE INDEX rows_list ON rows(kind, time DESC, key, live, phase, name, owes);
        CREATE INDEX rows_live ON rows(key) WHERE live = 1;
        CREATE INDEX rows_owing ON rows(etag) WHERE owes = 1;
        CREATE TABLE meta(name TEXT NOT NULL PRIMARY KEY, value) WITHOUT ROWID;
        INSERT INTO meta(name, value) VALUES ('etag', 0), ('store', $store);
        """;

    /// <summary>Schema 1 had who owes in the order of keys.</summary>
    private const string From1To2 =
        """
        BEGIN IMMEDIATE;
        DROP INDEX rows_owing;
        CREATE INDEX rows_owing ON rows(etag) WHERE owes = 1;
        PRAGMA user_version = 2;
        COMMIT;
        """;

    /// <summary>Looks before it writes: an alien, newer or damaged file is refused as it is. Returns the identity of the store.</summary>
    /// <exception cref="StoreUnavailableException">Not a store that this version can take.</exception>
    public static string Prepare(SqliteConnection db, string path)
    {
        var application = Number(db, "PRAGMA application_id");
        var version = Number(db, "PRAGMA user_version");
        var empty = Number(db, "SELECT count(*) FROM sqlite_schema") == 0;
        if (application == 0 && version == 0 && empty) return CreateNew(db);

        if (application != ApplicationId)
        {
            throw new StoreUnavailableException(
                $"'{path}' is an SQLite database of another program (application id {application}). Maybe name another path; nothing was overwritten.",
                false);
        }

        if (version > Version)
        {
            throw new StoreUnavailableException(
                $"The store '{path}' has schema {version}; this version of Lepton knows schema {Version}. "
                + "Maybe upgrade this silo, or restore the copy made before the upgrade; nothing was overwritten.",
                false);
        }

        if (new FileInfo(path).Length <= CheckedBytes && Text(db, "PRAGMA quick_check(1)") is var check and not "ok")
        {
            throw new StoreUnavailableException(
                $"The store '{path}' is damaged ({check}). Maybe restore the file from a copy; nothing was overwritten.", false);
        }

        Execute(db, "PRAGMA journal_mode=WAL");
        if (version == 1) Execute(db, From1To2);
        return Identity(db);
    }

    public static string Identity(SqliteConnection db) => Text(db, "SELECT value FROM meta WHERE name = 'store'");

    public static long LastETag(SqliteConnection db) => Number(db, "SELECT value FROM meta WHERE name = 'etag'");

    public static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string CreateNew(SqliteConnection db)
    {
        Execute(db, "PRAGMA journal_mode=WAL");
        using var transaction = db.BeginTransaction(deferred: false);
        using (var create = db.CreateCommand())
        {
            create.Transaction = transaction;
            create.CommandText = Create;
            create.Parameters.AddWithValue("$store", Guid.NewGuid().ToString("N"));
            create.ExecuteNonQuery();
            create.CommandText = string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
            create.ExecuteNonQuery();
        }

        transaction.Commit();
        return Identity(db);
    }

    private static long Number(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static string Text(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }
}
