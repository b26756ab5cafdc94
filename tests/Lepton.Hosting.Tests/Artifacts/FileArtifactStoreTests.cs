using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Time.Testing;

namespace Lepton.Hosting.Tests;

public sealed class FileArtifactStoreTests : IDisposable
{
    private static readonly byte[] Content = Stores.Noise(300_000);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Some.Noon);
    private readonly FileArtifactStore _store;

    public FileArtifactStoreTests() => _store = Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Gives_back_what_was_put_under_its_hash()
    {
        var (hash, size) = await _store.Put(new MemoryStream(Content), null, Cancel);

        Assert.Equal(Stores.Hash(Content), hash);
        Assert.Equal(Content.Length, size);
        Assert.Equal(Content, await Stores.ReadAll((await _store.Open(hash, Cancel))!));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "artifacts", hash[..2], hash[2..])));
    }

    [Fact]
    public async Task An_opened_artifact_can_seek()
    {
        var (hash, _) = await _store.Put(new MemoryStream(Content), null, Cancel);

        await using var stream = (await _store.Open(hash, Cancel))!;

        stream.Seek(-4, SeekOrigin.End);
        var tail = new byte[4];
        await stream.ReadExactlyAsync(tail, Cancel);
        Assert.Equal(Content[^4..], tail);
    }

    [Fact]
    public async Task Stores_the_same_content_once()
    {
        await _store.Put(new MemoryStream(Content), null, Cancel);
        await _store.Put(new MemoryStream(Content), Stores.Hash(Content), Cancel);

        Assert.Single(_store.All());
        Assert.Equal(Content.Length, _store.TotalBytes);
    }

    [Fact]
    public async Task Takes_an_empty_artifact()
    {
        var (hash, size) = await _store.Put(new MemoryStream(), null, Cancel);

        Assert.Equal(0, size);
        Assert.Empty(await Stores.ReadAll((await _store.Open(hash, Cancel))!));
    }

    [Fact]
    public async Task Refuses_content_of_another_hash_and_leaves_nothing()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => _store.Put(new MemoryStream(Content), Stores.Hash([1]), Cancel));

        Assert.Contains(Stores.Hash(Content), error.Message, StringComparison.Ordinal);
        Assert.Contains(Stores.Hash([1]), error.Message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Refuses_content_larger_than_the_limit_and_leaves_nothing()
    {
        using var small = Open(o => o.MaxArtifactBytes = 1000);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => small.Put(new MemoryStream(Content), null, Cancel));

        Assert.Contains("1000 bytes", error.Message, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_source_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => _store.Put(new BreakingStream(Content, 100_000), null, Cancel));

        AssertNothingLeft();
    }

    [Fact]
    public async Task What_is_not_there_opens_as_null() => Assert.Null(await _store.Open(Stores.Hash([9]), Cancel));

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public async Task Refuses_what_is_no_hash(string text) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Open(text, Cancel));

    [Fact]
    public async Task Knows_its_size_after_a_restart_and_clears_what_was_unfinished()
    {
        await _store.Put(new MemoryStream(Content), null, Cancel);
        File.WriteAllText(Path.Combine(_folder.Path, "artifacts", "unfinished", "left"), "half");

        using var again = Open();

        Assert.Equal(Content.Length, again.TotalBytes);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Opening_is_a_use_that_retention_sees()
    {
        var (hash, _) = await _store.Put(new MemoryStream(Content), null, Cancel);
        Assert.Equal(Some.Noon, _store.All().Single().UsedAt);
        _time.Advance(TimeSpan.FromHours(3));

        (await _store.Open(hash, Cancel))!.Dispose();

        Assert.Equal(Some.Noon.AddHours(3), _store.All().Single().UsedAt);
    }

    [Fact]
    public async Task Is_not_removed_when_it_was_put_again_after_it_was_looked_at()
    {
        var (hash, _) = await _store.Put(new MemoryStream(Content), null, Cancel);
        var seen = _store.All().Single().UsedAt;
        _time.Advance(TimeSpan.FromSeconds(1));
        await _store.Put(new MemoryStream(Content), null, Cancel);

        Assert.False(_store.Remove(hash, seen));
        Assert.True(_store.Remove(hash, _store.All().Single().UsedAt));
        Assert.Equal(0, _store.TotalBytes);
        Assert.Null(await _store.Open(hash, Cancel));
    }

    [Fact]
    public async Task Fetch_gives_what_is_here_without_asking_anyone()
    {
        await _store.Put(new MemoryStream(Content), null, Cancel);

        var stream = await _store.Fetch(Stores.Ref(Content, "mars"), Cancel);

        Assert.Equal(Content, await Stores.ReadAll(stream));
    }

    [Fact]
    public async Task Fetch_of_an_own_artifact_that_is_gone_says_so()
    {
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => _store.Fetch(Stores.Ref(Content), Cancel));

        Assert.Contains("model.bin", error.Message, StringComparison.Ordinal);
        Assert.Contains("us-east", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder["file"], "");

        var error = Assert.Throws<StoreUnavailableException>(() => Stores.Artifacts(new ArtifactOptions { Root = _folder["file"] }, Regions()));

        Assert.Contains(_folder["file"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_every_error_of_its_options()
    {
        var errors = new ArtifactOptions { Root = " ", MaxArtifactBytes = 0, FetchTries = 0, FetchPause = default, FetchStall = default }.Errors();

        Assert.Equal(5, errors.Count);
    }

    private static RegionDirectory Regions() => new(Some.Region, []);

    private FileArtifactStore Open(Action<ArtifactOptions>? set = null)
    {
        var options = new ArtifactOptions { Root = _folder.Path };
        set?.Invoke(options);
        return Stores.Artifacts(options, Regions(), _time);
    }

    private void AssertNothingLeft() => Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "artifacts", "unfinished")));

    /// <summary>A stream that fails after so many bytes.</summary>
    private sealed class BreakingStream(byte[] content, int after) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < after ? base.ReadAsync(buffer[..Math.Min(buffer.Length, 4096)], cancellationToken) : throw new IOException("the pipe broke");
    }
}
