using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class FleetTests
{
    private readonly FakeFleet _fleet = new();

    [Fact]
    public async Task Lists_a_silent_region_as_its_peers_last_heard_of_it()
    {
        _fleet.Nodes[FakeFleet.East] = [FakeFleet.ANode(FakeFleet.East, "n01", new Capacity(1000, 1))];
        _fleet.Silent.Add(FakeFleet.South);
        var page = await _fleet.Client().ListRegionsAsync();
        Assert.Equal([("us-east", "Ready", true), ("eu-west", "NoNodes", false), ("ap-south", "Unreachable", false)], page.Items.Select(r => (r.Region, r.State, r.Here)));
        var silent = page.Items[2];
        Assert.Equal((14.0, FakeFleet.Noon.AddSeconds(-20), 3), (silent.AgeSeconds!.Value, silent.AsOf, silent.Running));
        Assert.Contains("no answer within 2 s", silent.Message, StringComparison.Ordinal);
        Assert.Equal(new ResourceAmount { MilliCpu = 2000, MemoryBytes = 2L << 30 }, silent.Allocated);
    }

    [Fact]
    public async Task Lists_a_region_that_was_never_heard_of_without_inventing_numbers()
    {
        _fleet.Silent.UnionWith([FakeFleet.East, FakeFleet.West, FakeFleet.South]);
        var page = await _fleet.Client().ListRegionsAsync();
        Assert.All(page.Items, r => Assert.Equal(("Unreachable", null, null), (r.State, r.AgeSeconds, r.Nodes)));
    }

    [Fact]
    public async Task Remembers_what_a_region_said_itself()
    {
        var client = _fleet.Client();
        await client.ListRegionsAsync();
        _fleet.Time.Advance(TimeSpan.FromSeconds(9));
        _fleet.Silent.Add(FakeFleet.West);
        var region = await client.GetRegionAsync("eu-west");
        Assert.Equal(("Unreachable", 9.0, FakeFleet.Noon), (region.State, region.AgeSeconds!.Value, region.AsOf));
        Assert.Equal(ProblemCodes.NotFound, (await Assert.ThrowsAsync<LeptonException>(() => client.GetRegionAsync("mars"))).Code);
    }

    [Fact]
    public async Task Pages_nodes_in_order_and_names_missing_regions()
    {
        foreach (var (region, names) in new[] { (FakeFleet.East, "b a"), (FakeFleet.West, "c") })
        {
            _fleet.Nodes[region] = [.. names.Split(' ').Select(n => FakeFleet.ANode(region, n, new Capacity(1000, 1)))];
        }

        _fleet.Silent.Add(FakeFleet.South);
        var first = await _fleet.Client().ListNodesAsync(new NodeFilter { Limit = 2 });
        Assert.Equal(["eu-west/c", "us-east/a"], first.Items.Select(n => n.Id));
        Assert.Equal((3L, true, "ap-south"), (first.Total, first.Truncated, first.Missing!.Value.Single().Region));
        var second = await _fleet.Client().ListNodesAsync(new NodeFilter { Limit = 2, Cursor = first.NextCursor });
        Assert.Equal(["us-east/b"], second.Items.Select(n => n.Id));
        Assert.Null(second.NextCursor);

        var one = await _fleet.Client().ListNodesAsync(new NodeFilter { Region = "us-east" });
        Assert.Equal((2, false), (one.Items.Length, one.Truncated));
        Assert.Equal(ProblemCodes.BadParameter, (await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().ListNodesAsync(new NodeFilter { Cursor = "x" }))).Code);
    }

    [Fact]
    public async Task Tells_the_region_it_speaks_for()
    {
        var version = await _fleet.Client().GetVersionAsync();
        Assert.Equal(("us-east", "v1"), (version.Region, version.Api));
        Assert.StartsWith("0.1.0", version.Version, StringComparison.Ordinal);
    }
}
