using System.Globalization;
using Lepton.Contracts;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting;

/// <summary>Opens connections to one store file, and sees to it that it stays the same store: a file that vanished is never made anew.</summary>
internal sealed class SqliteFile(SqliteStoreOptions options)
{
    private string? _store;

    public string Path { get; } = System.IO.Path.GetFullPath(options.Path);

    /// <summary>First opening: makes folder and tables where there are none.</summary>
    /// <exception cref="StoreUnavailableException">Read-only, damaged, alien or newer.</exception>
    public SqliteConnection Create()
    {
        try
        {
            if (WriteAheadLog.Damage(Path) is { } damage) throw new StoreUnavailableException($"{damage} Maybe restore the store from a copy; nothing was overwritten.", false);
            var db = Open(SqliteOpenMode.ReadWriteCreate);
            try
            {
                _store = SqliteSchema.Prepare(db, Path);
                Tune(db);
                Settle(db);
                return db;
            }
            catch
            {
                db.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw SqliteFaults.Unavailable(Path, e, false);
        }
    }

    /// <summary>A further connection, or one in place of a broken one.</summary>
    /// <exception cref="SqliteException">As SQLite says.</exception>
    /// <exception cref="StoreUnavailableException">The file is gone, or another one lies there.</exception>
    public SqliteConnection Again(bool readOnly)
    {
        RequirePresent();
        var db = Open(SqliteOpenMode.ReadWrite);
        try
        {
            if (SqliteSchema.Identity(db) != _store)
            {
                throw new StoreUnavailableException($"Another store lies at '{Path}' than the one this silo began with. Maybe restart this silo.", false);
            }

            Tune(db);
            if (readOnly) SqliteSchema.Execute(db, "PRAGMA query_only=ON");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <exception cref="StoreUnavailableException">The file is gone.</exception>
    public void RequirePresent()
    {
        if (!File.Exists(Path))
        {
            throw new StoreUnavailableException($"The store '{Path}' is gone. Maybe its disk is not mounted: put it back, and this silo goes on by itself.", false);
        }
    }

    /// <summary>Begins with an empty write-ahead log, so that what a crash left of an unfinished commit is not met again by <see cref="WriteAheadLog"/>.</summary>
    private static void Settle(SqliteConnection db)
    {
        try
        {
            SqliteSchema.Execute(db, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // A disk without room: the log stays, and is as good as before.
        }
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var db = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)options.BusyTimeout.TotalSeconds,
        }.ToString());
        try
        {
            db.Open();
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>What SQLite keeps per connection. FULL: a commit is on the disk when it returns.</summary>
    private void Tune(SqliteConnection db)
    {
        SqliteSchema.Execute(db, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-32768");
        if (options.MaxSizeBytes <= 0) return;
        using var command = db.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        var pages = options.MaxSizeBytes / Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        SqliteSchema.Execute(db, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count={pages}"));
    }
}
