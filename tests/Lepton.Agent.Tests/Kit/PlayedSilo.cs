using Lepton.Contracts;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace Lepton.Agent.Tests.Kit;

/// <summary>A real silo whose node grains do as a <see cref="FakeLink"/> says, by node name.</summary>
internal sealed class PlayedSilo
{
    private readonly int _siloPort = ReservedPorts.Next();

    public int GatewayPort { get; } = ReservedPorts.Next();

    public async Task<IHost> Start()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(_siloPort, GatewayPort, serviceId: "lepton", clusterId: FakeRegionData.Region.Value));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}

/// <summary>A node grain played by a test; pushes a hint for each of its first beats, so that hints are seen to arrive.</summary>
public sealed class PlayedNodeGrain : Grain, INodeGrain
{
    private const int HintedBeats = 1;

    private int _beats;

    internal static System.Collections.Concurrent.ConcurrentDictionary<string, FakeLink> Played { get; } = [];

    public Task<Reply> Ask(Message message) => Task.FromResult<Reply>(Ack.Done);

    public Task<bool> Wake() => Task.FromResult(true);

    public Task<Reply> Beat(AgentBeat beat, IAgentHints hints)
    {
        if (_beats++ < HintedBeats) _ = hints.WorkAvailable();
        return Played[this.GetPrimaryKeyString()].Beat(beat, CancellationToken.None);
    }
}
