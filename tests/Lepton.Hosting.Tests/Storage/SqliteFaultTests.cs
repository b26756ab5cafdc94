using System.Globalization;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting.Tests;

/// <summary>What the SQLite store does when the disk, the file or another process is not as it should be.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Db => _folder["region.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_of_the_files_taken_while_it_runs_has_every_acknowledged_row()
    {
        await using var store = Open(Db);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.Write([Some.New(Some.Task(i))], Cancel).AsTask()));
        Directory.CreateDirectory(_folder["copy"]);
        foreach (var name in new[] { "region.db", "region.db-wal" }) File.Copy(_folder[name], Path.Combine(_folder["copy"], name));

        await using var copy = Open(Path.Combine(_folder["copy"], "region.db"));

        Assert.Equal(200, (await copy.Scan(new RowScan("task/", true), Cancel).ToList()).Count);
    }

    [Theory]
    [InlineData("this is no database, it is a text that somebody has put here by mistake, and it is longer than one hundred bytes, so that nobody takes it for a short file")]
    [InlineData("short")]
    public void Leaves_a_file_that_is_no_database_as_it_is(string text)
    {
        File.WriteAllText(Db, text);

        var error = Assert.Throws<StoreUnavailableException>(() => Open(Db));

        Assert.Contains(Db, error.Message, StringComparison.Ordinal);
        Assert.Contains("not a database", error.Message, StringComparison.Ordinal);
        Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Db));
    }

    [Fact]
    public async Task Leaves_a_damaged_store_as_it_is_and_names_it()
    {
        await using (var store = Open(Db))
        {
            await store.Write([.. Enumerable.Range(0, 500).Select(i => Some.New(Some.Task(i)))], Cancel);
        }

        var bytes = File.ReadAllBytes(Db);
        bytes.AsSpan(3 * 4096, 2 * 4096).Fill(0x5A);
        File.WriteAllBytes(Db, bytes);

        var error = Assert.Throws<StoreUnavailableException>(() => Open(Db));

        Assert.Contains(Db, error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Db));
    }

    [Fact]
    public async Task Refuses_a_store_of_a_newer_schema_and_says_both_versions()
    {
        await using (Open(Db))
        {
            // Made and closed.
        }

        Raw("PRAGMA user_version = 7");
        var bytes = File.ReadAllBytes(Db);

        var error = Assert.Throws<StoreUnavailableException>(() => Open(Db));

        Assert.Contains("schema 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("schema 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("Maybe upgrade", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Db));
    }

    [Fact]
    public async Task Takes_a_store_of_schema_1_over_with_everything_that_it_owes()
    {
        await using (var store = Open(Db))
        {
            await store.Write([Some.New(Some.Task(0, owes: true)), Some.New(Some.Task(1))], Cancel);
        }

        Raw("DROP INDEX rows_owing; CREATE INDEX rows_owing ON rows(key) WHERE owes = 1; PRAGMA user_version = 1");

        await using var again = Open(Db);
        Assert.Equal(Some.TaskKey(0), Assert.Single(await again.ScanOwing(0, Cancel).ToList()).Key);
        Assert.NotNull(await again.Write([Some.New(Some.Task(2, owes: true))], Cancel));
        Assert.Equal(2, (await again.ScanOwing(0, Cancel).ToList()).Count);
    }

    [Fact]
    public void Refuses_the_database_of_another_program()
    {
        Raw("PRAGMA application_id = 77; CREATE TABLE theirs(x)");

        var error = Assert.Throws<StoreUnavailableException>(() => Open(Db));

        Assert.Contains("another program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_opener_is_refused_and_told_who_holds_the_file()
    {
        await using var first = Open(Db);

        var error = Assert.Throws<StoreUnavailableException>(() => Open(Db));

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} "), error.Message, StringComparison.Ordinal);
        Assert.NotNull(await first.Write([Some.New(Some.Task(0))], Cancel));
    }

    [Fact]
    public async Task The_file_is_free_again_after_dispose()
    {
        await Open(Db).DisposeAsync();

        await using var again = Open(Db);
        Assert.NotNull(await again.Write([Some.New(Some.Task(0))], Cancel));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        // /proc takes no folders, not even from root; elsewhere a file stands where the folder should be.
        File.WriteAllText(_folder["file"], "");
        var path = OperatingSystem.IsLinux() ? "/proc/lepton/region.db" : Path.Combine(_folder["file"], "region.db");

        var error = Assert.Throws<StoreUnavailableException>(() => Open(path));

        Assert.Contains(Path.GetDirectoryName(path)!, error.Message, StringComparison.Ordinal);
        Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_a_folder_is_refused()
    {
        Directory.CreateDirectory(Db);

        var error = Assert.Throws<StoreUnavailableException>(() => Open(Db));

        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_writes_and_reads_and_deletes_go_on()
    {
        await using var store = Open(Db, o => o.MaxSizeBytes = 1 << 20);
        var etags = new List<long>();
        StoreUnavailableException? error = null;
        while (error is null)
        {
            var batch = Enumerable.Range(etags.Count, 50).Select(i => Some.New(Some.Task(i))).ToList();
            try
            {
                etags.AddRange((await store.Write(batch, Cancel))!);
            }
            catch (StoreUnavailableException e)
            {
                error = e;
            }
        }

        Assert.Contains("no room", error.Message, StringComparison.Ordinal);
        Assert.Contains(Db, error.Message, StringComparison.Ordinal);
        Assert.False(error.Unknown);
        Assert.Equal(etags.Count, (await store.Scan(new RowScan("task/", false), Cancel).ToList()).Count);

        await store.Write([.. Enumerable.Range(0, 200).Select(i => Some.Delete(Some.TaskKey(i), etags[i]))], Cancel);

        Assert.NotNull(await store.Write([Some.New(Some.Node())], Cancel));
    }

    [Fact]
    public async Task A_lock_of_another_program_fails_writes_until_it_lets_go()
    {
        await using var store = Open(Db, o => o.BusyTimeout = TimeSpan.FromSeconds(1));
        using (var other = Connect())
        {
            Execute(other, "BEGIN IMMEDIATE");

            var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Write([Some.New(Some.Task(0))], Cancel));

            Assert.Contains("locked by another program", error.Message, StringComparison.Ordinal);
            Assert.False(error.Unknown);
            Assert.Null(await store.Read(Some.TaskKey(0), Cancel));
        }

        Assert.NotNull(await store.Write([Some.New(Some.Task(0))], Cancel));
    }

    [Fact]
    public async Task Says_busy_when_too_much_waits_and_keeps_what_it_took()
    {
        await using var store = Open(Db, o =>
        {
            o.QueueLimit = 4;
            o.BusyTimeout = TimeSpan.FromSeconds(30);
        });
        var taken = new List<Task<long[]?>>();
        using (var other = Connect())
        {
            Execute(other, "BEGIN IMMEDIATE");       // the writer cannot begin, so the queue only fills
            StoreUnavailableException? busy = null;
            for (var i = 0; busy is null; i++)
            {
                var write = store.Write([Some.New(Some.Task(i))], Cancel).AsTask();
                if (write.IsFaulted) busy = Assert.IsType<StoreUnavailableException>(write.Exception!.InnerException);
                else taken.Add(write);
            }

            Assert.Contains("busy", busy.Message, StringComparison.Ordinal);
            Assert.Contains("try again", busy.Message, StringComparison.Ordinal);
            Execute(other, "ROLLBACK");
        }

        Assert.Equal(4, taken.Count);
        Assert.All(await Task.WhenAll(taken), Assert.NotNull);
    }

    [Fact]
    public async Task A_file_that_vanished_is_not_made_anew()
    {
        await using var store = Open(Db);
        await store.Write([Some.New(Some.Task(0))], Cancel);
        File.Move(Db, Db + ".away");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Write([Some.New(Some.Task(1))], Cancel));

        Assert.Contains("is gone", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Db));
        File.Move(Db + ".away", Db);
        Assert.NotNull(await store.Write([Some.New(Some.Task(1))], Cancel));
    }

    [Fact]
    public async Task A_closed_store_says_that_it_is_closed()
    {
        var store = Open(Db);
        await store.DisposeAsync();

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Write([Some.New(Some.Task(0))], Cancel));

        Assert.Contains("closed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_that_wait_at_dispose_are_still_written()
    {
        var store = Open(Db);
        var writes = Enumerable.Range(0, 300).Select(i => store.Write([Some.New(Some.Task(i))], Cancel).AsTask()).ToList();
        await store.DisposeAsync();
        Assert.All(await Task.WhenAll(writes), Assert.NotNull);

        await using var again = Open(Db);
        Assert.Equal(300, (await again.Scan(new RowScan("task/", false), Cancel).ToList()).Count);
    }

    [Fact]
    public async Task A_row_of_a_format_from_the_future_is_named()
    {
        await using (var store = Open(Db))
        {
            await store.Write([Some.New(Some.Task(0))], Cancel);
        }

        Raw("UPDATE rows SET value = x'09' || value");
        await using var again = Open(Db);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await again.Read(Some.TaskKey(0), Cancel));

        Assert.Contains(Some.TaskKey(0), error.Message, StringComparison.Ordinal);
        Assert.Contains("format 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_every_error_of_its_options()
    {
        var error = Assert.Throws<ArgumentException>(() => Open("", o =>
        {
            o.QueueLimit = 0;
            o.BatchesPerCommit = -1;
            o.BusyTimeout = TimeSpan.FromMilliseconds(1500);
            o.Readers = 65;
            o.MaxSizeBytes = 5;
        }));

        foreach (var name in new[] { "Path", "QueueLimit", "BatchesPerCommit", "BusyTimeout", "Readers", "MaxSizeBytes" })
        {
            Assert.Contains($"SqliteStore.{name} is", error.Message, StringComparison.Ordinal);
        }
    }

    private static SqliteRegionStore Open(string path, Action<SqliteStoreOptions>? set = null)
    {
        var options = new SqliteStoreOptions { Path = path };
        set?.Invoke(options);
        return new SqliteRegionStore(options, Codecs.Machines);
    }

    private SqliteConnection Connect()
    {
        var db = new SqliteConnection($"Data Source={Db};Pooling=False");
        db.Open();
        return db;
    }

    private void Raw(string sql)
    {
        using var db = Connect();
        Execute(db, sql);
    }

    private static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
