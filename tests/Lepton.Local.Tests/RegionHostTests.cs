using Lepton.Contracts;
using Lepton.Hosting;
using Lepton.Local.Regions;
using Lepton.Model;
using Lepton.Regions;
using Lepton.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lepton.Local.Tests;

/// <summary>A region is put together whole: nothing that the product promises is left out of its services.</summary>
public sealed class RegionHostTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("lepton-region").FullName;

    [Fact]
    public async Task Has_prices_links_retention_and_a_durable_store()
    {
        var plans = RegionPlan.For(new LocalOptions
        {
            Home = _home,
            Regions = ["us-east", "eu-west", "ap-south"],
            HttpPort = ReservedPorts.Block(3),
            SiloPort = ReservedPorts.Block(3),
            GatewayPort = ReservedPorts.Block(3),
            Cpus = 1,
            Nodes = 1,
            Once = true,
            RunSample = false,
            Verbose = false,
        });
        await using var region = await RegionHost.Start(plans[0].ToConfiguration(plans, verbose: false), CancellationToken.None);

        var settings = region.Services.GetRequiredService<RegionSettings>();
        Assert.NotEmpty(settings.Prices.Prices);
        Assert.Equal(2, settings.Links.Links.Length);
        Assert.All(settings.Links.Links, link => Assert.True(link.RoundTripMs > 0 && link.EgressUsdMicrosPerGb > 0));
        Assert.Equal(plans[0].ToConfiguration(plans, false).StateFile, region.Services.GetRequiredService<SqliteRegionStore>().Path);
        Assert.True(File.Exists(plans[0].ToConfiguration(plans, false).StateFile));
        Assert.Contains(region.Services.GetServices<IHostedService>(), s => s.GetType().Name.Contains("Retention", StringComparison.Ordinal));
        Assert.NotNull(region.Services.GetRequiredService<IRegionGateway>());
    }

    [Fact]
    public async Task Second_region_on_the_same_file_is_refused_and_told_who_holds_it()
    {
        var options = new LocalOptions
        {
            Home = _home,
            Regions = ["us-east"],
            HttpPort = ReservedPorts.Next(),
            SiloPort = ReservedPorts.Next(),
            GatewayPort = ReservedPorts.Next(),
            Cpus = 1,
            Nodes = 1,
            Once = true,
            RunSample = false,
            Verbose = false,
        };
        var plans = RegionPlan.For(options);
        await using var first = await RegionHost.Start(plans[0].ToConfiguration(plans, verbose: false), CancellationToken.None);
        var others = RegionPlan.For(options with { HttpPort = ReservedPorts.Next(), SiloPort = ReservedPorts.Next(), GatewayPort = ReservedPorts.Next() });

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => RegionHost.Start(others[0].ToConfiguration(others, verbose: false), CancellationToken.None));

        Assert.Contains($"{Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(plans[0].ToConfiguration(plans, false).StateFile, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
