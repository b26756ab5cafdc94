using System.Collections.Immutable;
using System.Net;
using Lepton.Agent.Link;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Link;

/// <summary>The link against a real silo.</summary>
public sealed class OrleansNodeLinkTests
{
    private static readonly NodeId s_node = new(FakeRegionData.Region, "link");

    [Fact]
    public async Task Beats_reach_the_node_and_its_hints_come_back_also_after_the_silo_was_restarted()
    {
        var silo = new PlayedSilo();
        PlayedNodeGrain.Played[s_node.ToString()] = new FakeLink();
        await using var link = new OrleansNodeLink(s_node, new IPEndPoint(IPAddress.Loopback, silo.GatewayPort), NullLoggerFactory.Instance);
        var hints = 0;
        link.Hinted = () => Interlocked.Increment(ref hints);
        await Assert.ThrowsAnyAsync<Exception>(() => link.Beat(Beat(1), CancellationToken.None));        // nobody is there yet

        for (var round = 1; round <= 2; round++)
        {
            var before = hints;
            using var running = await silo.Start();
            var reply = await Answered(link, round + 1);
            Assert.Equal(round + 1, reply.Sequence);
            await Within.So(() => hints > before, $"the hint of round {round}");
            await running.StopAsync(TestContext.Current.CancellationToken);
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
}
