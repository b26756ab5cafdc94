using Lepton.Contracts;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>One silo with the real grains behind real ports, so that agents can come as processes of their own.</summary>
internal sealed class RegionSilo(IHost host, IRegionStore store, int gatewayPort) : IAsyncDisposable
{
    public IRegionStore Store => store;

    public int GatewayPort => gatewayPort;

    public IGrainFactory Grains { get; } = host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<RegionSilo> Start(IRegionStore store)
    {
        var (siloPort, gatewayPort) = (ReservedPorts.Next(), ReservedPorts.Next());
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "lepton", clusterId: RegionCluster.Region.Value);
            silo.Services.AddSingleton(store);
            silo.Services.AddSingleton(RegionCluster.Settings);
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton<IRegionGateway, InsideGateway>();
            silo.Services.AddLeptonGrains();
        });
        var host = builder.Build();
        await host.StartAsync();
        return new RegionSilo(host, store, gatewayPort);
    }

    public async Task<T?> Row<T>(string key)
        where T : Row => (await store.Read(key, CancellationToken.None))?.Value.Row as T;

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
