using System.Net;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Lepton.Agent.Link;

/// <summary>The node grain over an Orleans client. Connects in the background, for as long as it takes.</summary>
internal sealed class OrleansNodeLink : INodeLink, IAsyncDisposable
{
    private static readonly TimeSpan s_answerWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_openWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(500);

    private readonly IHost _host;
    private readonly NodeId _node;
    private readonly HintTarget _hints;         // a field: the client holds observers weakly
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _connected;
    private IAgentHints? _reference;

    public OrleansNodeLink(NodeId node, IPEndPoint gateway, ILoggerFactory loggers)
    {
        _node = node;
        _hints = new HintTarget(() => Hinted?.Invoke());
        _host = BuildHost(node.Region, gateway, loggers);
        _connected = _host.StartAsync(_stop.Token);
    }

    public Action? Hinted { get; set; }

    public async Task<Reply> Beat(AgentBeat beat, CancellationToken cancel)
    {
        // Before the client is connected it does not even know the grain's interface.
        if (!_connected.IsCompletedSuccessfully) await _connected.WaitAsync(s_answerWithin, cancel);
        var client = _host.Services.GetRequiredService<IClusterClient>();
        _reference ??= client.CreateObjectReference<IAgentHints>(_hints);
        return await client.GetGrain<INodeGrain>(_node.ToString()).Beat(beat, _reference).WaitAsync(s_answerWithin, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _connected;
            using var limit = new CancellationTokenSource(s_openWithin);
            await _host.StopAsync(limit.Token);
        }
        catch (Exception neverConnected) when (neverConnected is OperationCanceledException or OrleansException or TimeoutException or IOException)
        {
            // Going down anyway; the cluster sees a client that is gone.
        }
        _host.Dispose();
        _stop.Dispose();
    }

    private static IHost BuildHost(RegionId region, IPEndPoint gateway, ILoggerFactory loggers)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o =>
            {
                o.ClusterId = region.Value;
                o.ServiceId = "lepton";
            });
            client.UseStaticClustering(gateway);
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = s_answerWithin);
            client.Configure<ConnectionOptions>(o => o.OpenConnectionTimeout = s_openWithin);
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            client.Services.AddSingleton<IClientConnectionRetryFilter>(new AlwaysRetry());
        });
        return builder.Build();
    }

    /// <summary>SIGTERM is for the agent: it still needs the client to say goodbye.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class AlwaysRetry : IClientConnectionRetryFilter
    {
        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            await Task.Delay(s_retryAfter, cancellationToken);
            return true;
        }
    }

    private sealed class HintTarget(Action hinted) : IAgentHints
    {
        public Task WorkAvailable()
        {
            hinted();
            return Task.CompletedTask;
        }
    }
}
