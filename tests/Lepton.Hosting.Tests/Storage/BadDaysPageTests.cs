using System.Globalization;
using Lepton.Contracts;
using Lepton.Linux;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting.Tests;

/// <summary>The page about bad days says of the store what the store says.</summary>
[Collection("small disk")]
public sealed class BadDaysPageTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _rows = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Db => _folder["region.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_says_what_the_store_says()
    {
        var small = Environment.GetEnvironmentVariable("LEPTON_SMALL_DISK");
        var readOnly = Environment.GetEnvironmentVariable("LEPTON_READONLY_DISK");
        Assert.SkipWhen(small is null || readOnly is null, "LEPTON_SMALL_DISK and LEPTON_READONLY_DISK name no file systems. Maybe run infra/test.sh as a user who may mount.");

        await Full(Path.Combine(small, "page"));
        await Running();
        Row("read-only disk", Path.Combine(readOnly, "region.db"), Refusal(Path.Combine(readOnly, "region.db")), "the silo does not start");
        await Damaged();

        DocSection.IsTrue("infra/docs/bad-days.md", "store", ["| the day | what it says | what happens |", "|---|---|---|", .. _rows]);
    }

    private async Task Full(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "region.db");
        var filler = Path.Combine(folder, "filler");
        await using (var store = Open(path))
        {
            var written = 0;
            StoreUnavailableException? full = null;
            Assert.ThrowsAny<IOException>(() => Fill(filler));
            while (full is null)
            {
                try
                {
                    await store.Write([.. Enumerable.Range(written, 100).Select(i => Some.New(Some.Task(i)))], Cancel);
                    written += 100;
                }
                catch (StoreUnavailableException e)
                {
                    full = e;
                }
            }

            File.Delete(filler);
            Assert.NotNull(await store.Write([Some.New(Some.Node())], Cancel));
            Assert.Equal(written, (await store.List(new RowList("task/", [], null, false, 1, null), Cancel)).Total);
            Row("full disk", path, full.Message, "new work gets 503 with Retry-After; works again without a restart when there is room");
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task Running()
    {
        await using var store = Open(Db, o =>
        {
            o.BusyTimeout = TimeSpan.FromSeconds(1);
            o.QueueBytes = 1 << 20;
        });
        Row("second silo on the store", Db, Refusal(Db), "the second does not start, the first goes on");
        using (var other = Connect("BEGIN IMMEDIATE"))
        {
            var first = store.Write([Some.New(Some.Task(0))], Cancel);
            var locked = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await first);
            Row("locked by another program", Db, locked.Message, "new work gets 503 with Retry-After; works again without a restart when the lock is gone");
        }

        using (var slow = Connect("BEGIN IMMEDIATE"))
        {
            var waiting = new List<Task>();
            string? busy = null;
            for (var i = 1; busy is null && i < 100; i++)
            {
                var write = store.Write([Some.New(Some.Task(i, name: new string('x', 128 << 10)))], Cancel).AsTask();
                if (write.IsFaulted) busy = (await Assert.ThrowsAsync<StoreUnavailableException>(() => write)).Message;
                else waiting.Add(write);
            }

            Row("slow disk", Db, System.Text.RegularExpressions.Regex.Replace(busy!, "[0-9]+ batches of [0-9]+ KiB", "n batches of m KiB"), "new work gets 503 with Retry-After at once, submits beyond 512 or 64 MiB get 429; what was taken is written or answered");
            // The busy time of SQLite passes for those that were taken: locked, as above.
            await Task.WhenAny(Task.WhenAll(waiting));
        }

        Assert.NotNull(await store.Write([Some.New(Some.Task(1_000))], Cancel));
        File.Move(Db, Db + ".moved");
        var gone = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Write([Some.New(Some.Task(1_001))], Cancel));
        Row("the file is gone while the silo runs", Db, gone.Message, "nothing is made anew in its place; goes on when it is back");
        File.Move(Db + ".moved", Db);
        Assert.NotNull(await store.Write([Some.New(Some.Task(1_002))], Cancel));
    }

    private async Task Damaged()
    {
        foreach (var name in new[] { "", "-wal", "-shm" }) File.Delete(Db + name);
        Directory.CreateDirectory(_folder["copy"]);
        var copy = Path.Combine(_folder["copy"], "region.db");
        await using (var store = Open(Db))
        {
            for (var i = 0; i < 20; i++) await store.Write([Some.New(Some.Task(i))], Cancel);
            foreach (var name in new[] { "", "-wal" }) File.Copy(Db + name, copy + name);
            await store.Write([.. Enumerable.Range(100, 500).Select(i => Some.New(Some.Task(i)))], Cancel);
        }

        Overwrite(copy + "-wal", 32 + 4120 + 500, 64);
        Row("damaged write-ahead log", copy, System.Text.RegularExpressions.Regex.Replace(Refusal(copy), "of [0-9]+ is, and [0-9]+", "of n is, and m"), "the silo does not start; SQLite alone would leave the commits out and say nothing");
        var good = File.ReadAllBytes(Db);
        Overwrite(Db, 3 * 4096, 2 * 4096);
        Row("damaged page in the middle", Db, System.Text.RegularExpressions.Regex.Replace(Refusal(Db), @"damaged \(.*?\)\. ", "damaged (...). ", System.Text.RegularExpressions.RegexOptions.Singleline), "the silo does not start");
        File.WriteAllBytes(Db, good);
        Overwrite(Db, 0, 64);
        Row("damaged beginning", Db, Refusal(Db), "the silo does not start");
        File.WriteAllBytes(Db, good);
        using (Connect("PRAGMA user_version = 7"))
        {
            // Only set.
        }

        Row("store of a newer version", Db, Refusal(Db), "the silo does not start");
        using (Connect("PRAGMA user_version = 2; PRAGMA application_id = 77"))
        {
            // Only set.
        }

        Row("database of another program", Db, Refusal(Db), "the silo does not start");
    }

    private string Refusal(string path) => Assert.Throws<StoreUnavailableException>(() => Open(path)).Message;

    private void Row(string day, string path, string message, string happens)
    {
        var own = $"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)} ({Processes.NameOf(Environment.ProcessId)}) on {Environment.MachineName}";
        var shown = message.Replace(Path.GetDirectoryName(path)!, "/var/lib/lepton/us-east", StringComparison.Ordinal).Replace(own, "process 4711 (Lepton.Silo) on host-1", StringComparison.Ordinal);
        _rows.Add(DocSection.Row(day, DocSection.Code(shown), happens));
    }

    private static SqliteRegionStore Open(string path, Action<SqliteStoreOptions>? set = null)
    {
        var options = new SqliteStoreOptions { Path = path };
        set?.Invoke(options);
        return new SqliteRegionStore(options, Codecs.Machines);
    }

    private SqliteConnection Connect(string sql)
    {
        var db = new SqliteConnection($"Data Source={Db};Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return db;
    }

    private static void Overwrite(string path, int at, int count)
    {
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(at, count).Fill(0x5A);
        File.WriteAllBytes(path, bytes);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[4096];
        while (true) file.Write(block);
    }
}
