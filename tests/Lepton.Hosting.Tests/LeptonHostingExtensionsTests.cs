using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace Lepton.Hosting.Tests;

public sealed class LeptonHostingExtensionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_with_all_parts_starts_works_and_lets_its_files_go()
    {
        for (var round = 0; round < 2; round++)
        {
            using var host = Build(_folder["rows.db"]);
            await host.StartAsync(Cancel);
            var store = host.Services.GetRequiredService<IRegionStore>();
            Assert.NotNull(await store.Write([Some.New(Some.Task(round))], Cancel));
            await host.Services.GetRequiredService<ILogStore>().Append(new AttemptId(new TaskId(Some.Job(), round), 1), 0, new byte[] { 1 }, Cancel);
            var (hash, _) = await host.Services.GetRequiredService<IArtifactStore>().Put(new MemoryStream([1, 2]), null, Cancel);
            Assert.Equal(Stores.Hash([1, 2]), hash);
            await host.StopAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_ends_the_start_with_its_reason()
    {
        File.WriteAllText(_folder["rows.db"], "this is no database, whoever has put it here, and it is long enough to be looked at as one, is it not, yes");
        using var host = Build(_folder["rows.db"]);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => host.StartAsync(Cancel));

        Assert.Contains("not a database", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_refused_at_once_with_every_error()
    {
        var services = new ServiceCollection();

        foreach (var add in new Action[]
        {
            () => services.AddLeptonRegionStore(new SqliteStoreOptions { Readers = 0 }),
            () => services.AddLeptonArtifacts(new ArtifactOptions { FetchTries = 0 }),
            () => services.AddLeptonLogs(new LogOptions { SegmentBytes = 0 }),
            () => services.AddLeptonRetention(new RetentionOptions { Jobs = default, RowsPerBatch = 0 }),
        })
        {
            Assert.Contains(Environment.NewLine, Assert.Throws<ArgumentException>(add).Message, StringComparison.Ordinal);
        }
    }

    private IHost Build(string rows)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSerializer();
        builder.Services.AddSingleton(new RegionDirectory(Some.Region, []));
        builder.Services.AddLeptonRegionStore(new SqliteStoreOptions { Path = rows });
        builder.Services.AddLeptonArtifacts(new ArtifactOptions { Root = _folder.Path });
        builder.Services.AddLeptonLogs(new LogOptions { Root = _folder.Path });
        builder.Services.AddLeptonRetention(new RetentionOptions());
        builder.Services.AddLeptonGrainStorage("apps");
        return builder.Build();
    }
}
