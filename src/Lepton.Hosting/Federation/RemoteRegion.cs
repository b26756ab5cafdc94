using System.Net;
using Lepton.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Lepton.Hosting;

/// <summary>
/// The way to one other region: a cluster client in a host of its own (a silo's own container takes no client), connecting in the background
/// for as long as it takes.
/// </summary>
internal sealed partial class RemoteRegion(RegionEndpoint endpoint, FederationOptions options, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = logs.CreateLogger<RemoteRegion>();
    private IHost? _host;
    private volatile IClusterClient? _client;

    public Breaker Breaker { get; } = new(options.TimeoutsToTrip, options.RetryEvery, time);

    /// <summary>The client once it has connected for the first time; until then calls on it would only throw.</summary>
    public IClusterClient? Client => _client;

    public string Name => endpoint.Region.Value;

    /// <summary>Returns when the region was reached for the first time.</summary>
    public async Task Connect(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                _host = Build(await Resolve(endpoint.Gateway, cancel));
                await _host.StartAsync(cancel);
                _client = _host.Services.GetRequiredService<IClusterClient>();
                LogReached(endpoint.Region, endpoint.Gateway);
                return;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A name that does not resolve yet, a client that gave up: begin again, there is no last try.
                LogUnreachable(endpoint.Region, endpoint.Gateway, e.Message);
                await Dispose(_host);
                _host = null;
                await Task.Delay(options.RetryEvery, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client = null;
        await Dispose(Interlocked.Exchange(ref _host, null));
    }

    [LoggerMessage(LogLevel.Information, "Region {Region} is reached at {Gateway}.")]
    private partial void LogReached(Model.RegionId region, string gateway);

    [LoggerMessage(LogLevel.Warning, "Region {Region} cannot be reached at {Gateway}: {Why}")]
    private partial void LogUnreachable(Model.RegionId region, string gateway, string why);

    private static async Task Dispose(IHost? host)
    {
        if (host is null) return;
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await host.StopAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // A client that was never connected cannot be stopped in order.
        }

        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }

    /// <exception cref="FormatException">Not host:port.</exception>
    private static async Task<IPEndPoint> Resolve(string gateway, CancellationToken cancel)
    {
        if (IPEndPoint.TryParse(gateway, out var known) && known.Port > 0) return known;
        var colon = gateway.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(gateway.AsSpan(colon + 1), out var port))
        {
            throw new FormatException($"'{gateway}' is not an address. Maybe write it as host:port.");
        }

        var addresses = await Dns.GetHostAddressesAsync(gateway[..colon], cancel);
        return new IPEndPoint(addresses[0], port);
    }

    private IHost Build(IPEndPoint gateway)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));       // an instance: not disposed with this host
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o =>
            {
                o.ClusterId = endpoint.Region.Value;
                o.ServiceId = options.ServiceId;
            });
            client.UseStaticClustering(gateway);
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = options.AskTimeout);
            client.Configure<ConnectionOptions>(o => o.OpenConnectionTimeout = options.ConnectTimeout);
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            client.AddClusterConnectionLostHandler((_, _) => Breaker.Failed($"The connection to region {Name} is lost.", lost: true));
            client.Services.AddSingleton<IClientConnectionRetryFilter>(new AlwaysRetry(options.RetryEvery));
        });
        return builder.Build();
    }

    /// <summary>Only the end of this process ends the tries.</summary>
    private sealed class AlwaysRetry(TimeSpan pause) : IClientConnectionRetryFilter
    {
        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            await Task.Delay(pause, cancellationToken);
            return true;
        }
    }
}
