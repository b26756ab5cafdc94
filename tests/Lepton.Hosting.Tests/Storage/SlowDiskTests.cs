using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting.Tests;

/// <summary>A disk that stands still: what gathers behind it is bounded, refused beyond, and all of it written when the disk goes on.</summary>
public sealed class SlowDiskTests : IDisposable
{
    private const int Blob = 256 << 10;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bytes_that_wait_are_bounded_and_none_that_was_taken_is_lost()
    {
        const long limit = 2 << 20;
        await using var store = new SqliteRegionStore(
            new SqliteStoreOptions { Path = _folder["region.db"], QueueBytes = limit, BusyTimeout = TimeSpan.FromSeconds(60) }, Codecs.Machines);
        List<Task<long[]?>> asked = [], taken;
        using (var slow = Stand(_folder["region.db"]))
        {
            for (var i = 0; i < 100; i++) asked.Add(store.Write([Row(i)], Cancel).AsTask());
            taken = [.. asked.Where(t => !t.IsFaulted)];
            foreach (var refused in asked.Where(t => t.IsFaulted))
            {
                var busy = await Assert.ThrowsAsync<StoreUnavailableException>(() => refused);
                Assert.Contains("busy", busy.Message, StringComparison.Ordinal);
                Assert.False(busy.Unknown);
            }

            // One batch more may be in the writer's hands already.
            Assert.InRange(taken.Count * (long)Blob, limit - (2 * Blob), limit + (2 * Blob));
        }

        Assert.All(await Task.WhenAll(taken), Assert.NotNull);
        Assert.NotNull(await store.Write([Row(1_000)], Cancel));
        Assert.Equal(taken.Count + 1, (await store.List(new RowList("task/", [], null, false, 1, null), Cancel)).Total);
    }

    [Fact]
    public async Task A_batch_larger_than_the_limit_passes_when_nothing_waits()
    {
        await using var store = new SqliteRegionStore(new SqliteStoreOptions { Path = _folder["region.db"], QueueBytes = 1 << 20 }, Codecs.Machines);
        Assert.NotNull(await store.Write([.. Enumerable.Range(0, 8).Select(Row)], Cancel));
        Assert.NotNull(await store.Write([.. Enumerable.Range(8, 8).Select(Row)], Cancel));
    }

    private static SqliteConnection Stand(string path)
    {
        var db = new SqliteConnection($"Data Source={path};Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return db;
    }

    /// <summary>A row of about <see cref="Blob"/> bytes, of letters that no encoding makes shorter.</summary>
    private static RowWrite Row(int i) => Some.New(Some.Task(i, name: new string('x', Blob)));
}
