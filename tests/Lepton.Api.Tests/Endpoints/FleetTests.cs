using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

public sealed class FleetTests
{
    [Fact]
    public async Task Lists_a_region_that_does_not_answer_with_its_age()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Regions.AddRange([FakeLepton.ARegion("us-east"), FakeLepton.ARegion("eu-west", RegionDetail.Unreachable)]);
        var page = await server.Client.ListRegionsAsync();
        Assert.Equal([("us-east", "Ready", 0.0), ("eu-west", "Unreachable", 14.0)], page.Items.Select(r => (r.Region, r.State, r.AgeSeconds!.Value)));
        Assert.Equal(server.Lepton.Regions[1], await server.Client.GetRegionAsync("eu-west"));
        await server.Refused(HttpMethod.Get, "/api/v1/regions/mars", 404, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Lists_nodes_and_names_the_regions_that_are_missing()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Nodes.Add(FakeLepton.ANode("us-east/n01"));
        server.Lepton.Missing = [new MissingRegion { Region = "eu-west", Why = "No answer within 2 s.", LastHeardAt = FakeLepton.Noon }];
        var page = await server.Client.ListNodesAsync(new NodeFilter { Region = "us-east", Limit = 3, Cursor = "0" });
        Assert.Equal(FakeLepton.ANode("us-east/n01"), Assert.Single(page.Items));
        Assert.Equal("eu-west", Assert.Single(page.Missing!.Value).Region);
        Assert.True(page.Truncated);
        Assert.Equal(("us-east", 3, "0"), (server.Lepton.LastNodeFilter!.Region, server.Lepton.LastNodeFilter.Limit, server.Lepton.LastNodeFilter.Cursor));
        await server.Refused(HttpMethod.Get, "/api/v1/nodes?gpu=H100", 400, ProblemCodes.BadParameter);
    }

    [Theory]
    [InlineData(NodeAction.Cordon, "cordon", "Cordoned")]
    [InlineData(NodeAction.Drain, "drain", "Draining")]
    [InlineData(NodeAction.Resume, "resume", "None")]
    public async Task Holds_a_node_and_lets_it_go(NodeAction action, string word, string hold)
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Nodes.Add(FakeLepton.ANode("us-east/n-01"));

        var held = await server.Client.HoldNodeAsync("us-east/n-01", action, "new memory & more");

        Assert.Equal(("us-east/n-01", hold, 2), (held.Id, held.Hold, held.Attempts));
        Assert.Equal(("us-east/n-01", action, "new memory & more"), Assert.Single(server.Lepton.Holds));
        await server.Refused(HttpMethod.Post, $"/api/v1/nodes/us-east/n-01:{word}", 415, ProblemCodes.UnsupportedMediaType);
        var missing = await Assert.ThrowsAsync<LeptonException>(() => server.Client.HoldNodeAsync("us-east/n02", action));
        Assert.Equal(ProblemCodes.NotFound, missing.Code);
    }

    [Fact]
    public async Task Tells_version_and_region()
    {
        await using var server = await ApiServer.Start();
        Assert.Equal(FakeLepton.Region, (await server.Client.GetVersionAsync()).Region);
        server.Lepton.Failure = LeptonException.Of(ProblemCodes.StoreUnavailable, "Disk full.");
        await server.Refused(HttpMethod.Get, "/api/v1/version", 503, ProblemCodes.StoreUnavailable);
    }

    [Fact]
    public async Task Gives_the_schema_of_a_kind()
    {
        await using var server = await ApiServer.Start();
        Assert.Equal("""{"type":"object"}""", await server.Client.GetSchemaAsync("Task"));
        await server.Refused(HttpMethod.Get, "/api/v1/schema/Poem", 404, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Lives_before_it_is_ready()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Regions.Add(FakeLepton.ARegion("us-east", RegionDetail.Unreachable));
        Assert.Equal(200, (int)(await server.Get("/healthz")).Response.StatusCode);
        var (response, body) = await server.Get("/readyz");
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("No answer within 2 s.", body, StringComparison.Ordinal);

        server.Lepton.Regions[0] = FakeLepton.ARegion("us-east");
        (response, body) = await server.Get("/readyz");
        Assert.Equal((200, """{"status":"ready"}"""), ((int)response.StatusCode, body));
    }
}
