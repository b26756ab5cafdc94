using System.Collections.Frozen;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lepton.Hosting;

/// <summary>The ways to all other regions. A silo's start never waits for them.</summary>
internal sealed class RemoteRegions : BackgroundService, IAsyncDisposable
{
    private readonly FrozenDictionary<RegionId, RemoteRegion> _regions;

    public RemoteRegions(RegionDirectory directory, FederationOptions options, TimeProvider time, ILoggerFactory logs)
    {
        if (options.Errors() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(options));
        _regions = directory.Regions
            .Where(r => r.Region != directory.Self)
            .ToFrozenDictionary(r => r.Region, r => new RemoteRegion(r, options, time, logs));
    }

    public RemoteRegion? Of(RegionId region) => _regions.GetValueOrDefault(region);

    public async ValueTask DisposeAsync()
    {
        base.Dispose();
        await Task.WhenAll(_regions.Values.Select(r => r.DisposeAsync().AsTask()));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_regions.Values.Select(r => Task.Run(() => r.Connect(stoppingToken), CancellationToken.None)));
}
