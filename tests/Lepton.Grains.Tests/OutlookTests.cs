using Lepton.Contracts;
using Lepton.Grains.Tests.Clusters;
using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Grains.Tests;

/// <summary>A dry run against real grains: an answer, and nothing in the store.</summary>
public sealed class OutlookTests
{
    [Theory]
    [InlineData(100, true, PendingReason.BehindInQueue)]
    [InlineData(10_000_000, false, PendingReason.Unsatisfiable)]
    public async Task Answers_from_the_nodes_there_are_and_stores_no_row(long milliCpu, bool canEver, PendingReason reason)
    {
        var store = new WatchedStore(new MemoryRegionStore());
        await using var region = await RegionCluster.Start(store);
        await using var agent = new InstantAgent(region.Grains);
        var first = SomeJob.Array("A1", 1);
        await region.AskUntilAnswered(first.Job, first);
        await region.Ended(first.Job);      // so that the node is known

        var ask = new AskOutlook(SomeJob.Array("none", 3, milliCpu).Spec, []);
        var outlooks = Assert.IsType<Outlooks>(await region.Grains.GetGrain<IRegionGrain>(RegionCluster.Region.Value).Ask(ask));

        var only = Assert.Single(outlooks.Tasks);
        Assert.Equal((canEver, reason, 3), (only.CanEver, only.Reason, only.Tasks));
        Assert.Equal(["job/us-east.A1"], store.Writes.Keys.Where(k => k.StartsWith("job/", StringComparison.Ordinal)));
        Assert.Single(store.Writes.Keys, k => k.StartsWith("task/", StringComparison.Ordinal));
    }
}
