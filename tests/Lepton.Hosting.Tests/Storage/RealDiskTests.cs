using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>
/// Against a small file system of its own, filled to the last byte: <c>LEPTON_SMALL_DISK</c> names its mount point (8 MiB are right), and
/// <c>LEPTON_READONLY_DISK</c> that of one mounted read-only. <c>infra/test.sh</c> mounts both where it may; skipped where there is none.
/// </summary>
[Collection("small disk")]
public sealed class RealDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_said_loses_nothing_and_is_over_when_there_is_room()
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_SMALL_DISK");
        Assert.SkipWhen(root is null, "LEPTON_SMALL_DISK names no small file system to fill. Maybe run infra/test.sh as a user who may mount.");
        var path = Path.Combine(root, "region.db");
        await using var store = new SqliteRegionStore(new SqliteStoreOptions { Path = path }, Codecs.Machines);
        using var artifacts = Stores.Artifacts(new ArtifactOptions { Root = root }, new RegionDirectory(Some.Region, []));
        var logs = new FileLogStore(new LogOptions { Root = root });
        var attempt = new AttemptId(new TaskId(Some.Job(), 0), 1);
        Assert.NotNull(await store.Write([Some.New(Some.Task(0))], Cancel));
        await logs.Append(attempt, 0, new byte[] { 1 }, Cancel);

        var filler = Path.Combine(root, "filler");
        Assert.ThrowsAny<IOException>(() => Fill(filler));
        StoreUnavailableException? error = null;
        var written = 1;
        while (error is null)
        {
            try
            {
                await store.Write([.. Enumerable.Range(written, 200).Select(i => Some.New(Some.Task(i)))], Cancel);
                written += 200;
            }
            catch (StoreUnavailableException e)
            {
                error = e;
            }
        }

        Assert.Contains("no room", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        var full = await Assert.ThrowsAsync<StoreUnavailableException>(() => artifacts.Put(new MemoryStream(new byte[1 << 20]), null, Cancel));
        Assert.Contains("artifacts", full.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(root, "artifacts", "unfinished")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => logs.Append(attempt, 1, new byte[1 << 20], Cancel));

        File.Delete(filler);
        Assert.NotNull(await store.Write([Some.New(Some.Node())], Cancel));
        Assert.Equal(written, (await store.List(new RowList("task/", [], null, false, 1, null), Cancel)).Total);
        await artifacts.Put(new MemoryStream([7]), null, Cancel);
        var length = (await logs.Extent(attempt, Cancel))!.Length;
        Assert.Equal(length + 1, await logs.Append(attempt, length, new byte[] { 2 }, Cancel));
    }

    [Fact]
    public void A_read_only_disk_is_said()
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_READONLY_DISK");
        Assert.SkipWhen(root is null, "LEPTON_READONLY_DISK names no read-only file system. Maybe run infra/test.sh as a user who may mount.");

        foreach (var path in new[] { Path.Combine(root, "region.db"), Path.Combine(root, "new", "region.db") })
        {
            var error = Assert.Throws<StoreUnavailableException>(() => new SqliteRegionStore(new SqliteStoreOptions { Path = path }, Codecs.Machines));

            Assert.Contains(root, error.Message, StringComparison.Ordinal);
            Assert.Contains("ead-only", error.Message, StringComparison.Ordinal);
            Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[4096];
        while (true) file.Write(block);
    }
}
