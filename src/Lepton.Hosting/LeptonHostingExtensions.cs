using Lepton.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;

namespace Lepton.Hosting;

/// <summary>Puts the parts of a region's silo into its services. Options are checked here: a wrong one ends the start, with every error listed.</summary>
public static class LeptonHostingExtensions
{
    /// <summary>Rows in SQLite. The file is opened when the host is built, so that a store that cannot be used ends the start with its reason.</summary>
    /// <exception cref="ArgumentException">Options out of range.</exception>
    public static IServiceCollection AddLeptonRegionStore(this IServiceCollection services, SqliteStoreOptions options)
    {
        Require(options.Errors());
        services.AddSingleton(options);
        services.TryAddSingleton<StoredMachineCodec>();
        services.AddSingleton<SqliteRegionStore>();
        services.AddSingleton<IRegionStore>(provider => provider.GetRequiredService<SqliteRegionStore>());
        services.AddHostedService<OpenAtStart<IRegionStore>>();
        return services;
    }

    /// <summary>Rows in memory: for tests, where several silos may share one store.</summary>
    public static IServiceCollection AddLeptonRegionStore(this IServiceCollection services, MemoryRegionStore store) =>
        services.AddSingleton<IRegionStore>(store);

    /// <summary>Artifacts in a folder, fetched from other regions over HTTP. Needs a <see cref="RegionDirectory"/>.</summary>
    /// <exception cref="ArgumentException">Options out of range.</exception>
    public static IServiceCollection AddLeptonArtifacts(this IServiceCollection services, ArtifactOptions options)
    {
        Require(options.Errors());
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HttpArtifactFetcher>();
        services.AddSingleton<FileArtifactStore>();
        services.AddSingleton<IArtifactStore>(provider => provider.GetRequiredService<FileArtifactStore>());
        services.AddHostedService<OpenAtStart<IArtifactStore>>();
        return services;
    }

    /// <summary>Logs of attempts in a folder.</summary>
    /// <exception cref="ArgumentException">Options out of range.</exception>
    public static IServiceCollection AddLeptonLogs(this IServiceCollection services, LogOptions options)
    {
        Require(options.Errors());
        services.AddSingleton(options);
        services.AddSingleton<FileLogStore>();
        services.AddSingleton<ILogStore>(provider => provider.GetRequiredService<FileLogStore>());
        services.AddHostedService<OpenAtStart<ILogStore>>();
        return services;
    }

    /// <summary>State of an app's own grains in the region's store, under the name that <c>[PersistentState("...", name)]</c> says.</summary>
    public static IServiceCollection AddLeptonGrainStorage(this IServiceCollection services, string name)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddKeyedSingleton<IGrainStorage, RegionGrainStorage>(
            name, (provider, _) => ActivatorUtilities.CreateInstance<RegionGrainStorage>(provider));
    }

    /// <summary>Removes what is over and old: rows, and logs and artifacts where they are kept in folders.</summary>
    /// <exception cref="ArgumentException">Options out of range.</exception>
    public static IServiceCollection AddLeptonRetention(this IServiceCollection services, RetentionOptions options)
    {
        Require(options.Errors());
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<RetentionService>();
        return services;
    }

    /// <summary>The gateway to all regions, connecting in the background. In the services of a silo.</summary>
    /// <exception cref="ArgumentException">Options or directory wrong.</exception>
    public static IServiceCollection AddLeptonFederation(this IServiceCollection services, RegionDirectory directory, FederationOptions options)
    {
        Require([.. options.Errors(), .. DirectoryErrors(directory)]);
        services.TryAddSingleton(directory);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<RemoteRegions>();
        services.AddHostedService(provider => provider.GetRequiredService<RemoteRegions>());
        services.AddSingleton<IRegionGateway, RegionGateway>();
        return services;
    }

    private static IEnumerable<string> DirectoryErrors(RegionDirectory directory)
    {
        if (directory.Regions.All(r => r.Region != directory.Self))
        {
            yield return $"Region '{directory.Self}' is not in its own directory. Maybe add it: regions fetch artifacts from each other by it.";
        }

        foreach (var twice in directory.Regions.GroupBy(r => r.Region).Where(g => g.Count() > 1))
        {
            yield return $"Region '{twice.Key}' is {twice.Count()} times in the directory. Maybe remove the wrong ones.";
        }

        foreach (var region in directory.Regions)
        {
            var colon = region.Gateway.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(region.Gateway.AsSpan(colon + 1), out var port) || port == 0)
            {
                yield return $"Gateway '{region.Gateway}' of region '{region.Region}' is not an address. Maybe write it as host:port.";
            }
        }
    }

    private static void Require(IReadOnlyList<string> errors)
    {
        if (errors.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, errors));
    }
}
