using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Lepton.Agent.Link;
using Lepton.Agent.Tests.Kit;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Lepton.Agent.Tests.Link;

/// <summary>The link against a real silo with a node grain that only answers.</summary>
public sealed class OrleansNodeLinkTests
{
    private static readonly NodeId s_node = new(FakeRegionData.Region, "n01");

    private readonly int _siloPort = FreePort();
    private readonly int _gatewayPort = FreePort();

    [Fact]
    public async Task Beats_reach_the_node_and_its_hints_come_back_also_after_the_silo_was_restarted()
    {
        await using var link = new OrleansNodeLink(s_node, new IPEndPoint(IPAddress.Loopback, _gatewayPort), NullLoggerFactory.Instance);
        var hints = 0;
        link.Hinted = () => Interlocked.Increment(ref hints);
        await Assert.ThrowsAnyAsync<Exception>(() => link.Beat(Beat(1), CancellationToken.None));        // nobody is there yet

        for (var round = 1; round <= 2; round++)
        {
            var before = hints;
            using var silo = await StartSilo();
            var reply = await Answered(link, round + 1);
            Assert.Equal(round + 1, reply.Sequence);
            await Within.So(() => hints > before, $"the hint of round {round}");
            await silo.StopAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<LeaseReply> Answered(OrleansNodeLink link, long sequence)
    {
        LeaseReply? reply = null;
        for (var limit = DateTime.UtcNow + TimeSpan.FromSeconds(60); reply is null; await Task.Delay(20))
        {
            if (DateTime.UtcNow > limit) Assert.Fail("Waited 60 s for an answered beat.");
            try
            {
                reply = Assert.IsType<LeaseReply>(await link.Beat(Beat(sequence), CancellationToken.None));
            }
            catch (Exception notYet) when (notYet is TimeoutException or Orleans.Runtime.OrleansException or ArgumentException or OperationCanceledException)
            {
                // The loop of the agent takes any failure of a beat as silence and beats again.
            }
        }
        return reply;
    }

    private static AgentBeat Beat(long sequence) =>
        new(s_node, 1, sequence, new NodeSpec(Capacity.Zero, [], ImmutableSortedDictionary<string, string>.Empty, "test"), [], false);

    private async Task<IHost> StartSilo()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(_siloPort, _gatewayPort, serviceId: "lepton", clusterId: FakeRegionData.Region.Value)
            .Configure<ClusterMembershipOptions>(o => o.NumMissedProbesLimit = 1));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A node that answers every beat and pushes a hint for it.</summary>
public sealed class AnsweringNodeGrain : Grain, INodeGrain
{
    public Task<Reply> Ask(Message message) => Task.FromResult<Reply>(Ack.Done);

    public Task Wake() => Task.CompletedTask;

    public Task<Reply> Beat(AgentBeat beat, IAgentHints hints)
    {
        _ = hints.WorkAvailable();
        return Task.FromResult<Reply>(new LeaseReply(new Epoch(1), beat.Sequence, TimeSpan.FromSeconds(15), [], [], [], TimeSpan.FromSeconds(1)));
    }
}
