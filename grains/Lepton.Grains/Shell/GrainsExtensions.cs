using Lepton.Grains.Regions;
using Microsoft.Extensions.DependencyInjection;

namespace Lepton.Grains;

/// <summary>Puts the grains into a silo. The host brings <c>IRegionStore</c>, <c>IRegionGateway</c>, <c>RegionSettings</c> and <c>TimeProvider</c>.</summary>
public static class GrainsExtensions
{
    public static IServiceCollection AddLeptonGrains(this IServiceCollection services)
    {
        services.AddSingleton<GrainSetup>();
        services.AddHostedService<RegionKeeper>();
        return services;
    }
}
