using System.Net;
using Lepton.Contracts;
using Lepton.Tests.Shared;

namespace Lepton.Hosting.Tests;

/// <summary>Logs over HTTP keep the contract; artifacts and errors cross the wire as they are.</summary>
public sealed class RegionDataClientTests : LogStoreContract, IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private DataHost? _host;
    private RegionDataClient? _client;

    protected override ILogStore Logs => _client!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataHost.Start(logs: Small);
        _client = new RegionDataClient(_http, _host.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host!.DisposeAsync();
    }

    [Fact]
    public async Task Puts_and_gets_an_artifact()
    {
        var content = Stores.Noise(500_000);
        var hash = Stores.Hash(content);
        Assert.False(await _client!.HasArtifact(hash, Cancel));
        Assert.Null(await _client.OpenArtifact(hash, Cancel));

        Assert.Equal(new StoredArtifact(hash, content.Length), await _client.PutArtifact(hash, new MemoryStream(content), Cancel));

        Assert.True(await _client.HasArtifact(hash, Cancel));
        Assert.Equal(content, await Stores.ReadAll((await _client.OpenArtifact(hash, Cancel))!));
    }

    [Fact]
    public async Task Takes_an_artifact_larger_than_the_servers_default_limit()
    {
        var content = Stores.Text(40_000_000);

        Assert.Equal(content.Length, (await _client!.PutArtifact(Stores.Hash(content), new MemoryStream(content), Cancel)).SizeBytes);
    }

    [Fact]
    public async Task A_put_under_another_hash_is_refused_with_the_reason()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => _client!.PutArtifact(Stores.Hash([1]), new MemoryStream([2]), Cancel));

        Assert.Contains("expected was", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_hash_is_refused() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => _client!.HasArtifact("xyz", Cancel));

    [Fact]
    public async Task An_append_larger_than_one_chunk_is_refused_with_the_limit()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Logs.Append(Attempt, 0, new byte[DataRoutes.MaxLogChunk + 1], Cancel));

        Assert.Contains("1048576", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_that_is_down_is_unavailable_and_nothing_is_known()
    {
        var client = new RegionDataClient(_http, new Uri($"http://127.0.0.1:{ReservedPorts.Next()}"));

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => client.Append(Attempt, 0, new byte[] { 1 }, Cancel));

        Assert.True(error.Unknown);
        Assert.Contains("Maybe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_is_unavailable_over_the_wire_too()
    {
        File.WriteAllText(Path.Combine(_host!.Folder, "logs", Attempt.Task.Job.ToString()), "a file where a folder should be");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Logs.Append(Attempt, 0, new byte[] { 1 }, Cancel));

        Assert.False(error.Unknown);
        Assert.Contains("disk is full or read-only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_is_sent_as_it_is_and_gzip_to_who_asks_for_it()
    {
        var content = Stores.Text(100_000);
        var hash = Stores.Hash(content);
        await _client!.PutArtifact(hash, new MemoryStream(content), Cancel);
        var uri = new Uri(_host!.Address, DataRoutes.ArtifactPath(hash));

        using var ranged = new HttpRequestMessage(HttpMethod.Get, uri);
        ranged.Headers.Range = new(10, 19);
        ranged.Headers.AcceptEncoding.ParseAdd("br");
        using var part = await _http.SendAsync(ranged, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Empty(part.Content.Headers.ContentEncoding);
        Assert.Equal(content[10..20], await part.Content.ReadAsByteArrayAsync(Cancel));

        using var packed = new HttpRequestMessage(HttpMethod.Get, uri);
        packed.Headers.AcceptEncoding.ParseAdd("gzip");
        using var whole = await _http.SendAsync(packed, Cancel);
        Assert.Equal("gzip", Assert.Single(whole.Content.Headers.ContentEncoding));
        await using var plain = new System.IO.Compression.GZipStream(await whole.Content.ReadAsStreamAsync(Cancel), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(content, await Stores.ReadAll(plain));

        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, uri), Cancel);
        Assert.Equal(content.Length, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("data/logs/nodot/1/1/extent", HttpStatusCode.BadRequest)]
    [InlineData("data/logs/us-east.x/one/1/extent", HttpStatusCode.NotFound)]
    [InlineData("data/logs/us-east.x/1/1/extent", HttpStatusCode.NotFound)]
    [InlineData("data/logs/us-east.x/1/1?offset=-5", HttpStatusCode.BadRequest)]
    [InlineData("data/logs/us-east.x/1/1?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("data/logs/us-east.x/1/1?limit=many", HttpStatusCode.BadRequest)]
    [InlineData("data/artifacts/..%2F..%2Fetc", HttpStatusCode.BadRequest)]
    public async Task Nonsense_gets_an_answer_of_its_own(string path, HttpStatusCode status)
    {
        using var answer = await _http.GetAsync(new Uri(_host!.Address, path), Cancel);

        Assert.Equal(status, answer.StatusCode);
    }
}
