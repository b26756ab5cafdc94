using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>What SQLite would leave out without a word is found before it does.</summary>
public sealed class WriteAheadLogTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int FrameBytes = PageBytes + 24;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Copy => Path.Combine(_folder["copy"], "region.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commits_behind_a_damaged_frame_are_not_given_up_silently()
    {
        await CopyAfterCommits(20);
        Damage(at: 32 + (3 * FrameBytes) + 100);
        var before = File.ReadAllBytes(Copy + "-wal");

        var error = Assert.Throws<StoreUnavailableException>(Open);

        Assert.Contains("is damaged: frame 4 of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("commits that were acknowledged stand behind it", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Copy + "-wal"));
    }

    [Theory]
    [InlineData(0, "its first bytes are none of a log")]
    [InlineData(17, "the checksum of its first bytes is wrong")]
    public async Task A_damaged_beginning_does_not_pass_for_an_empty_log(int at, string how)
    {
        await CopyAfterCommits(3);
        Damage(at);

        Assert.Contains(how, Assert.Throws<StoreUnavailableException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_a_crash_has_cut_is_no_damage()
    {
        await CopyAfterCommits(20);
        using (var log = File.OpenWrite(Copy + "-wal")) log.SetLength(log.Length - 100);

        await using var store = Open();

        Assert.Equal(19, (await store.List(new RowList("task/", [], null, false, 100, null), Cancel)).Total);
        Assert.NotNull(await store.Write([Some.New(Some.Task(500))], Cancel));
    }

    [Fact]
    public async Task A_last_commit_whose_pages_came_in_another_order_is_no_damage()
    {
        await CopyAfterCommits(20);
        var length = new FileInfo(Copy + "-wal").Length;
        Damage(at: (int)(length - FrameBytes + 200));

        await using var store = Open();

        Assert.Equal(19, (await store.List(new RowList("task/", [], null, false, 100, null), Cancel)).Total);
    }

    [Fact]
    public async Task A_store_begins_with_an_empty_log()
    {
        await CopyAfterCommits(20);

        await using var store = Open();

        Assert.Equal(20, (await store.List(new RowList("task/", [], null, false, 100, null), Cancel)).Total);
        Assert.Equal(0, new FileInfo(Copy + "-wal").Length);
    }

    /// <summary>The files as a kill would leave them.</summary>
    private async Task CopyAfterCommits(int commits)
    {
        await using var store = new SqliteRegionStore(new SqliteStoreOptions { Path = _folder["region.db"] }, Codecs.Machines);
        for (var i = 0; i < commits; i++) Assert.NotNull(await store.Write([Some.New(Some.Task(i))], Cancel));
        Directory.CreateDirectory(_folder["copy"]);
        foreach (var name in new[] { "region.db", "region.db-wal" }) File.Copy(_folder[name], Path.Combine(_folder["copy"], name));
    }

    private void Damage(int at)
    {
        using var log = new FileStream(Copy + "-wal", FileMode.Open);
        log.Position = at;
        var b = log.ReadByte();
        log.Position = at;
        log.WriteByte((byte)(b ^ 0x55));
    }

    private SqliteRegionStore Open() => new(new SqliteStoreOptions { Path = Copy }, Codecs.Machines);
}
