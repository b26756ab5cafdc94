using Lepton.Grains.Tests.Clusters;
using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Grains.Tests;

/// <summary>A long decision does not hold the grain's turn.</summary>
public sealed class DecidingApartTests
{
    [Fact]
    public async Task While_a_machine_decides_apart_its_grain_still_answers_and_what_arrives_is_decided_next()
    {
        await using var cluster = await RegionCluster.Start(new MemoryRegionStore());
        var grain = cluster.Grains.GetGrain<ISlowGrain>("slow");
        using var gate = new ManualResetEventSlim();
        SlowMachine.Gate = gate;

        var first = grain.Ask(AskRegion.Now);
        await RegionCluster.Eventually("the machine to be deciding", () => Task.FromResult(SlowMachine.Deciding == 1));
        Assert.False(await grain.Wake().WaitAsync(RegionCluster.Patience), "a machine that decides is not at rest");
        var second = grain.Ask(AskRegion.Now);
        Assert.False(await grain.Wake().WaitAsync(RegionCluster.Patience), "still deciding, though another message has come");
        Assert.False(first.IsCompleted);
        gate.Set();

        Assert.Equal(Ack.Done, await first.WaitAsync(RegionCluster.Patience));
        Assert.Equal(Ack.Done, await second.WaitAsync(RegionCluster.Patience));
    }
}
