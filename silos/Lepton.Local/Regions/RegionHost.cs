using System.Collections.Immutable;
using System.Net;
using Lepton.Api;
using Lepton.Client;
using Lepton.Contracts;
using Lepton.Grains;
using Lepton.Hosting;
using Lepton.Model;
using Orleans.Configuration;

namespace Lepton.Local.Regions;

/// <summary>One region: a silo of its own cluster, its store, its REST API and data endpoints, in a host of its own.</summary>
public sealed class RegionHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RegionHost(WebApplication app, RegionPlan plan)
    {
        _app = app;
        Plan = plan;
    }

    public RegionPlan Plan { get; }

    public IServiceProvider Services => _app.Services;

    /// <exception cref="StoreUnavailableException">The region's file cannot be used: held by another process, corrupt, of a newer version.</exception>
    public static async Task<RegionHost> Start(RegionPlan plan, IReadOnlyList<RegionPlan> fleet, bool verbose, CancellationToken cancel)
    {
        Directory.CreateDirectory(plan.Folder);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [] });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        builder.Logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Error);
        // Orleans reports each message that a stopping silo turns away as an error; for a person at a terminal these are none.
        if (!verbose) builder.Logging.AddFilter("Orleans", LogLevel.Critical);
        // Why a host does not start is told by the fleet, in one line.
        if (!verbose) builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, plan.HttpPort));
        // The fleet decides when to stop: agents first, then silos.
        builder.Services.AddSingleton<IHostLifetime, FleetLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));

        AddRegion(builder, plan, RegionPlan.Directory(fleet, plan.Region));
        var app = builder.Build();
        app.MapLeptonApi();
        app.MapLeptonData();
        try
        {
            await app.StartAsync(cancel);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new RegionHost(app, plan);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void AddRegion(WebApplicationBuilder builder, RegionPlan plan, RegionDirectory directory)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(directory);
        services.AddSingleton(Settings(plan.Region, [.. directory.Regions.Select(r => r.Region)]));
        services.AddLeptonRegionStore(new SqliteStoreOptions { Path = plan.StateFile });
        services.AddLeptonArtifacts(new ArtifactOptions { Root = Path.Combine(plan.DataFolder, "artifacts") });
        services.AddLeptonLogs(new LogOptions { Root = Path.Combine(plan.DataFolder, "logs") });
        services.AddLeptonRetention(plan.Retention);
        services.AddLeptonApi();
        services.AddSingleton<ILepton>(provider =>
        {
            var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
            return new ClusterLepton(
                provider.GetRequiredService<IGrainFactory>(),
                provider.GetRequiredService<IRegionGateway>(),
                directory,
                TimeProvider.System,
                endpoint => endpoint.Region == plan.Region ? provider.GetRequiredService<ILogStore>() : new RegionDataClient(http, endpoint.Http));
        });
        builder.Host.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(plan.SiloPort, plan.GatewayPort, primarySiloEndpoint: null, serviceId: "lepton", clusterId: plan.Region.Value);
            silo.Configure<SiloOptions>(o => o.SiloName = plan.Region.Value);
            silo.Services.AddLeptonGrains();
            silo.Services.AddLeptonFederation(directory, new FederationOptions());
        });
    }

    private static RegionSettings Settings(RegionId region, ImmutableArray<RegionId> fleet) => new()
    {
        Region = region,
        Fleet = fleet,
        Prices = RegionDefaults.PricesOf(region),
        Links = RegionDefaults.LinksFrom(region, fleet),
    };

    /// <summary>Signals are the fleet's business: a host must not stop by itself.</summary>
    private sealed class FleetLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
