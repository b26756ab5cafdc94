using System.Text.Json;
using Lepton.Client.Wire;
using Lepton.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Lepton.Cli.Tests.Doctor;

public sealed class DoctorCommandTests
{
    private readonly FakeMachine _machine = new();
    private readonly FakeTimeProvider _time = new(FakeLepton.Noon);

    [Fact]
    public async Task Exits_with_0_when_machine_and_fleet_are_well()
    {
        await using var server = await Fleet("us-east", "eu-west", "ap-south");
        var run = await Doctor(server);
        Assert.True(run.Exit == 0, run.Out);
        Assert.DoesNotContain(run.Lines, l => l.StartsWith("fail", StringComparison.Ordinal));
        Assert.Contains(run.Lines, l => l.StartsWith("ok    api", StringComparison.Ordinal) && l.Contains("region us-east", StringComparison.Ordinal));
        Assert.Contains(run.Lines, l => l.Contains("eu-west is ready: 4 of 4 nodes", StringComparison.Ordinal));
        Assert.Contains("0 failures", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_when_no_server_answers_and_says_how_to_start_one()
    {
        var run = await Doctor("http://127.0.0.1:1");
        Assert.Equal(1, run.Exit);
        Assert.Contains(run.Lines, l => l.StartsWith("fail  api", StringComparison.Ordinal));
        Assert.Contains("lepton up", run.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of(["doctor", "--machine-only", "--home", "/home/u"], "", machine: _machine, time: _time)).Exit);
    }

    [Fact]
    public async Task Warns_of_two_regions_and_fails_for_one_that_does_not_answer()
    {
        await using var server = await Fleet("us-east", "eu-west");
        Assert.Contains("2 regions and no witness", (await Doctor(server)).Out, StringComparison.Ordinal);
        server.Lepton.Regions[1] = FakeLepton.ARegion("eu-west", RegionDetail.Unreachable);
        var run = await Doctor(server);
        Assert.Equal(1, run.Exit);
        Assert.Contains(run.Lines, l => l.StartsWith("fail  region", StringComparison.Ordinal) && l.Contains("eu-west does not answer, last heard 14s ago: No answer within 2 s.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_silent_nodes_and_agents_of_another_version()
    {
        await using var server = await Fleet("us-east", "eu-west", "ap-south");
        server.Lepton.Nodes.Add(FakeLepton.ANode("us-east/n02", "Lost"));
        server.Lepton.Nodes.Add(FakeLepton.ANode("us-east/n03") with { AgentVersion = "0.0.9" });
        _time.Advance(TimeSpan.FromSeconds(90));
        foreach (var i in new[] { 0, 1, 2 }) server.Lepton.Regions[i] = server.Lepton.Regions[i] with { AsOf = _time.GetUtcNow() };
        var run = await Doctor(server);
        Assert.Equal(0, run.Exit);
        Assert.Contains("us-east/n02 is Lost, last heard 1m30s ago", run.Out, StringComparison.Ordinal);
        Assert.Contains("1 agent of version 0.0.9", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holds_the_clocks_of_regions_against_its_own()
    {
        await using var server = await Fleet("us-east", "eu-west", "ap-south");
        server.Lepton.Regions[1] = server.Lepton.Regions[1] with { AsOf = FakeLepton.Noon.AddSeconds(3) };
        Assert.Contains(await Lines(server), l => l.StartsWith("warn  clock", StringComparison.Ordinal) && l.Contains("the clock of eu-west is 3.0 s off", StringComparison.Ordinal));
        server.Lepton.Regions[1] = server.Lepton.Regions[1] with { AsOf = FakeLepton.Noon.AddSeconds(-60) };
        Assert.Contains(await Lines(server), l => l.StartsWith("fail  clock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asks_each_region_at_its_own_address()
    {
        await using var server = await Fleet("us-east", "eu-west", "ap-south");
        // The fake calls itself us-east wherever it is asked: an address that leads to the wrong region.
        server.Lepton.Regions[1] = server.Lepton.Regions[1] with { Server = server.Address.ToString() };
        server.Lepton.Regions[2] = server.Lepton.Regions[2] with { Server = "http://127.0.0.1:1/" };
        var run = await Doctor(server);
        Assert.Equal(1, run.Exit);
        Assert.Contains("is said to be eu-west and answers as us-east", run.Out, StringComparison.Ordinal);
        Assert.Contains("ap-south answers other regions, and not this machine at http://127.0.0.1:1/", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_findings_as_json()
    {
        await using var server = await Fleet("us-east");
        var run = await Doctor(server, "-o", "json");
        var found = JsonDocument.Parse(run.Out).RootElement.EnumerateArray().ToList();
        Assert.All(found, f => Assert.Contains(f.GetProperty("level").GetString(), new[] { "ok", "warn", "fail" }));
        Assert.Equal("1 region: nothing takes over when it is lost", found.Single(f => f.GetProperty("check").GetString() == "regions").GetProperty("message").GetString());
        Assert.All(found, f => Assert.Equal(f.GetProperty("level").GetString() != "ok", f.TryGetProperty("do", out _)));
    }

    private static async Task<ApiServer> Fleet(params string[] regions)
    {
        var server = await ApiServer.Start();
        foreach (var region in regions) server.Lepton.Regions.Add(FakeLepton.ARegion(region));
        server.Lepton.Nodes.Add(FakeLepton.ANode("us-east/n01"));
        return server;
    }

    private async Task<string[]> Lines(ApiServer server) => (await Doctor(server)).Lines;

    private Task<CliRun> Doctor(ApiServer server, params string[] more) => Doctor(server.Address.ToString(), more);

    private Task<CliRun> Doctor(string server, params string[] more) =>
        CliRun.Of(["doctor", "--home", "/home/u", "--server", server, .. more], "", machine: _machine, time: _time);
}
