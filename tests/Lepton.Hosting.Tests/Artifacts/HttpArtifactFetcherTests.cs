using Lepton.Contracts;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace Lepton.Hosting.Tests;

/// <summary>Artifacts from one region to another over real sockets, with the ways that break.</summary>
public sealed class HttpArtifactFetcherTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _asked = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, "br")]
    [InlineData(false, null)]
    public async Task Brings_an_artifact_and_keeps_it_compressed_only_where_that_helps(bool text, string? encoding)
    {
        var content = text ? Stores.Text(3_000_000) : Stores.Noise(3_000_000);
        string? sentAs = null;
        await using var source = await DataHost.Start(front: async (context, next) =>
        {
            await next(context);
            sentAs = context.Response.Headers.ContentEncoding;
        });
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address);

        Assert.Equal(content, await Stores.ReadAll(await store.Fetch(Stores.Ref(content), Cancel)));

        Assert.Equal(encoding, sentAs);
        Assert.NotNull(await store.Open(Stores.Hash(content), Cancel));
        Assert.Equal(content.Length, store.TotalBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Goes_on_where_the_connection_broke(bool text)
    {
        var content = text ? [.. Stores.Text(2_000_000), .. Stores.Noise(2_000_000)] : Stores.Noise(4_000_000);
        await using var source = await DataHost.Start(front: Breaking(times: 2, afterBytes: 300_000));
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address);

        Assert.Equal(content, await Stores.ReadAll(await store.Fetch(Stores.Ref(content), Cancel)));

        Assert.Equal(3, _asked.Count);
        Assert.Equal("", _asked[0]);
        Assert.All(_asked.Skip(1), range => Assert.Matches("^bytes=[1-9][0-9]*-$", range));
    }

    [Fact]
    public async Task Starts_over_where_a_server_knows_no_ranges()
    {
        var content = Stores.Noise(1_000_000);
        await using var source = await DataHost.Start(front: async (context, next) =>
        {
            context.Request.Headers.Remove("Range");
            await Breaking(times: 1, afterBytes: 300_000)(context, next);
        });
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address);

        Assert.Equal(content, await Stores.ReadAll(await store.Fetch(Stores.Ref(content), Cancel)));
    }

    [Fact]
    public async Task Tries_again_after_a_server_error()
    {
        var content = Stores.Noise(10_000);
        var failures = 2;
        await using var source = await DataHost.Start(front: async (context, next) =>
        {
            if (failures-- > 0) context.Response.StatusCode = 503;
            else await next(context);
        });
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address);

        Assert.Equal(content, await Stores.ReadAll(await store.Fetch(Stores.Ref(content), Cancel)));
    }

    [Fact]
    public async Task Refuses_and_removes_a_copy_of_another_hash()
    {
        var content = Stores.Noise(500_000);
        await using var source = await DataHost.Start();
        var (hash, _) = await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        var path = Path.Combine(source.Folder, "artifacts", hash[..2], hash[2..]);
        content[123_456] ^= 1;
        File.WriteAllBytes(path, content);
        using var store = Here(source.Address);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => store.Fetch(new ArtifactRef("model.bin", Some.Region, hash, content.Length), Cancel));

        Assert.Contains(hash, error.Message, StringComparison.Ordinal);
        Assert.Contains(Stores.Hash(content), error.Message, StringComparison.Ordinal);
        Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.Open(hash, Cancel));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "artifacts", "unfinished")));
    }

    [Fact]
    public async Task An_artifact_that_its_region_has_no_more_is_missing_at_once()
    {
        await using var source = await DataHost.Start(front: Breaking(times: 0, afterBytes: 0));
        using var store = Here(source.Address);

        await Assert.ThrowsAsync<FileNotFoundException>(() => store.Fetch(Stores.Ref([1, 2, 3]), Cancel));

        Assert.Single(_asked);
    }

    [Fact]
    public async Task Gives_up_a_dead_region_after_the_tries_it_has()
    {
        var address = new Uri($"http://127.0.0.1:{ReservedPorts.Next()}/");
        using var store = Here(address, o => o.FetchTries = 3);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Fetch(Stores.Ref([1, 2, 3]), Cancel));

        Assert.Contains("after 3 tries", error.Message, StringComparison.Ordinal);
        Assert.Contains("us-east", error.Message, StringComparison.Ordinal);
        Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_falls_silent_counts_as_broken()
    {
        var content = Stores.Noise(100_000);
        var silent = 1;
        await using var source = await DataHost.Start(front: async (context, next) =>
        {
            if (Interlocked.Decrement(ref silent) == 0) await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            else await next(context);
        });
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address, o => o.FetchStall = TimeSpan.FromMilliseconds(300));

        Assert.Equal(content, await Stores.ReadAll(await store.Fetch(Stores.Ref(content), Cancel)));
    }

    [Fact]
    public async Task Callers_of_one_artifact_share_one_download()
    {
        var content = Stores.Noise(2_000_000);
        await using var source = await DataHost.Start(front: Breaking(times: 0, afterBytes: 0));
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address);

        var streams = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.Fetch(Stores.Ref(content), Cancel)));

        foreach (var stream in streams) Assert.Equal(content, await Stores.ReadAll(stream));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_download_larger_than_the_limit_is_stopped()
    {
        var content = Stores.Noise(200_000);
        await using var source = await DataHost.Start();
        await source.Artifacts.Put(new MemoryStream(content), null, Cancel);
        using var store = Here(source.Address, o => o.MaxArtifactBytes = 100_000);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => store.Fetch(Stores.Ref(content), Cancel));

        Assert.Contains("100000 bytes", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A server that cuts the connection so many times after so many bytes of a body. Notes the ranges asked.</summary>
    private DataHost.RequestDelegateWrapper Breaking(int times, int afterBytes) => async (context, next) =>
    {
        bool cut;
        lock (_asked)
        {
            _asked.Add(context.Request.Headers.Range.ToString());
            cut = _asked.Count <= times;
        }

        if (!cut)
        {
            await next(context);
            return;
        }

        var body = context.Response.Body;
        context.Response.Body = new CuttingStream(body, afterBytes, context);
        try
        {
            await next(context);
        }
        catch (IOException)
        {
            // Cut on purpose.
        }
        finally
        {
            context.Response.Body = body;
        }
    };

    private FileArtifactStore Here(Uri source, Action<ArtifactOptions>? set = null)
    {
        var options = new ArtifactOptions { Root = _folder.Path, FetchPause = TimeSpan.FromMilliseconds(1) };
        set?.Invoke(options);
        return Stores.Artifacts(options, new RegionDirectory(new RegionId("eu-west"), [new RegionEndpoint(Some.Region, "127.0.0.1:1", source)]));
    }

    /// <summary>Passes on so many bytes, then breaks the connection.</summary>
    private sealed class CuttingStream(Stream inner, int left, HttpContext context) : MemoryStream
    {
        private int _left = left;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var part = buffer[..Math.Min(_left, buffer.Length)];
            _left -= part.Length;
            await inner.WriteAsync(part, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            if (part.Length == buffer.Length) return;
            context.Abort();
            throw new IOException("cut");
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}
