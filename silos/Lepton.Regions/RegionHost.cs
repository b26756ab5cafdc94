using Lepton.Api;
using Lepton.Client;
using Lepton.Contracts;
using Lepton.Grains;
using Lepton.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orleans.Configuration;

namespace Lepton.Regions;

/// <summary>One region: a silo of its own cluster, its store, its REST API and data endpoints, in a host of its own.</summary>
public sealed class RegionHost : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private RegionHost(WebApplication app, RegionConfiguration configuration)
    {
        _app = app;
        Configuration = configuration;
    }

    public RegionConfiguration Configuration { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Set when the host stops, also by itself: a part of it has failed for good.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <exception cref="ArgumentException">The configuration is wrong: every error is in the message.</exception>
    /// <exception cref="PortInUseException">A port is another process's.</exception>
    /// <exception cref="StoreUnavailableException">The region's folder cannot be made, or its file cannot be used: held by another process, corrupt, of a newer version.</exception>
    public static async Task<RegionHost> Start(RegionConfiguration configuration, CancellationToken cancel)
    {
        if (RegionConfigurationValidator.Errors(configuration) is { Count: > 0 } errors) throw new ArgumentException(string.Join(Environment.NewLine, errors));
        MakeFolder(configuration);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [] });
        AddLogging(builder.Logging, configuration.Log);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, configuration.Http.Port));
        // The process decides when to stop, and in which order.
        builder.Services.AddSingleton<IHostLifetime, ProcessLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownLimit);
        AddRegion(builder, configuration);

        WebApplication? app = null;
        try
        {
            app = builder.Build();
            app.MapLeptonApi();
            app.MapLeptonData();
            await app.StartAsync(cancel);
        }
        catch (Exception failure)
        {
            var taken = failure is OperationCanceledException or StoreUnavailableException ? null : RegionPorts.Why(configuration, failure);
            if (app is not null) await app.DisposeAsync();
            if (taken is not null) throw taken;
            throw;
        }

        return new RegionHost(app, configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void MakeFolder(RegionConfiguration configuration)
    {
        try
        {
            Directory.CreateDirectory(configuration.DataFolder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What the system says of a place that takes no folders (below /proc) is that it finds no file.
            var why = failure is FileNotFoundException or DirectoryNotFoundException ? "nothing can be made there." : failure.Message;
            throw new StoreUnavailableException(
                $"The data folder '{configuration.DataFolder}' of region {configuration.Region} cannot be made: {why} Maybe name another one, or give this user write access to the folder above it.",
                false,
                failure);
        }
    }

    private static void AddLogging(ILoggingBuilder logging, string level)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(o => o.SingleLine = true);
        // Log lines are remarks; what a person asked for goes to stdout.
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(Enum.Parse<LogLevel>(level, ignoreCase: true));
        if (level != "error") return;
        // Orleans reports each message that a stopping silo turns away as an error; for a person at a terminal these are none.
        logging.AddFilter("Orleans", LogLevel.Critical);
        // Why a host does not start is told by the process, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }

    private static void AddRegion(WebApplicationBuilder builder, RegionConfiguration configuration)
    {
        var directory = configuration.ToDirectory();
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(directory);
        services.AddSingleton(configuration.ToSettings());
        services.AddLeptonRegionStore(configuration.ToStore());
        services.AddLeptonArtifacts(configuration.ToArtifacts());
        services.AddLeptonLogs(configuration.ToLogs());
        services.AddLeptonRetention(configuration.Retention);
        services.AddLeptonApi();
        services.AddSingleton<ILepton>(provider =>
        {
            var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
            return new ClusterLepton(
                provider.GetRequiredService<IGrainFactory>(),
                provider.GetRequiredService<IRegionGateway>(),
                directory,
                TimeProvider.System,
                endpoint => endpoint.Region == configuration.Id ? provider.GetRequiredService<ILogStore>() : new RegionDataClient(http, endpoint.Http));
        });
        builder.Host.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                configuration.SiloPort, configuration.Gateway.Port, primarySiloEndpoint: null, serviceId: "lepton", clusterId: configuration.Region);
            silo.Configure<SiloOptions>(o => o.SiloName = configuration.Region);
            silo.Services.AddLeptonGrains();
            silo.Services.AddLeptonFederation(directory, new FederationOptions());
        });
    }

    /// <summary>Signals are the process's business: a host must not stop by itself.</summary>
    private sealed class ProcessLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
