using Lepton.Agent.Data;
using Lepton.Contracts;
using Lepton.Hosting;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Tests.Data;

/// <summary>The agent against the real data endpoints of two regions.</summary>
public sealed class RegionDataTests : IAsyncLifetime
{
    private static readonly RegionId s_east = new("us-east");
    private static readonly RegionId s_west = new("eu-west");

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-data-").FullName;
    private readonly List<IAsyncDisposable> _apps = [];
    private RegionDirectory _regions = null!;
    private RegionData _east = null!;
    private RegionData _west = null!;

    public async ValueTask InitializeAsync()
    {
        RegionEndpoint[] endpoints = [new(s_east, "", new Uri($"http://127.0.0.1:{ReservedPorts.Next()}/")), new(s_west, "", new Uri($"http://127.0.0.1:{ReservedPorts.Next()}/"))];
        foreach (var endpoint in endpoints) await Host(endpoint, new RegionDirectory(endpoint.Region, endpoints));
        _regions = new RegionDirectory(s_east, endpoints);
        _east = new RegionData(s_east, endpoints[0].Http);
        _west = new RegionData(s_west, endpoints[1].Http);
    }

    public async ValueTask DisposeAsync()
    {
        _east.Dispose();
        _west.Dispose();
        foreach (var app in _apps) await app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_one_region_keeps_the_agent_of_another_can_fetch_through_its_own()
    {
        var file = Path.Combine(_folder, "model.bin");
        await File.WriteAllTextAsync(file, "a model");

        var kept = await _west.Put("model.bin", file, null, CancellationToken.None);
        await _east.Fetch(kept.Sha256, kept.Region, Path.Combine(_folder, "fetched"), CancellationToken.None);

        Assert.Equal(new ArtifactRef("model.bin", s_west, kept.Sha256, 7), kept);
        Assert.Equal("a model", await File.ReadAllTextAsync(Path.Combine(_folder, "fetched")));
    }

    [Fact]
    public async Task What_nobody_has_is_told_apart_from_a_region_that_is_away()
    {
        var path = Path.Combine(_folder, "fetched");
        using var nobody = new RegionData(s_east, new Uri($"http://127.0.0.1:{ReservedPorts.Next()}/"));

        await Assert.ThrowsAsync<FileNotFoundException>(() => _east.Fetch(new string('0', 64), s_west, path, CancellationToken.None));
        await Assert.ThrowsAsync<FileNotFoundException>(() => _east.Fetch(new string('0', 64), s_east, path, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => _east.Fetch(new string('0', 64), new RegionId("mars"), path, CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => nobody.Fetch(new string('0', 64), s_west, path, CancellationToken.None));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Logs_arrive_and_end()
    {
        var attempt = new AttemptId(new TaskId(new JobId(s_east, "J"), 3), 2);

        Assert.Equal(0, await _east.LogLength(attempt, CancellationToken.None));
        Assert.Equal(5, await _east.AppendLog(attempt, 0, "hello"u8.ToArray(), CancellationToken.None));
        Assert.Equal(7, await _east.AppendLog(attempt, 3, "lo u"u8.ToArray(), CancellationToken.None));
        await _east.CompleteLog(attempt, CancellationToken.None);

        Assert.Equal(7, await _east.LogLength(attempt, CancellationToken.None));
        using var http = new HttpClient();
        var chunk = await new RegionDataClient(http, _regions.Of(s_east).Http).Read(attempt, 0, 100, CancellationToken.None);
        Assert.Equal("hello u"u8.ToArray(), chunk.Bytes.ToArray());
        Assert.True(chunk.Extent.Complete);
    }

    private async Task Host(RegionEndpoint endpoint, RegionDirectory regions)
    {
        var root = Directory.CreateDirectory(Path.Combine(_folder, endpoint.Region.Value)).FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(endpoint.Http.ToString());
        var options = new ArtifactOptions { Root = root };
        builder.Services.AddSingleton<IArtifactStore>(_ => new FileArtifactStore(options, regions, new HttpArtifactFetcher(options, TimeProvider.System), TimeProvider.System));
        builder.Services.AddSingleton<ILogStore>(_ => new FileLogStore(new LogOptions { Root = root }));
        var app = builder.Build();
        app.MapLeptonData();
        await app.StartAsync();
        _apps.Add(app);
    }
}
