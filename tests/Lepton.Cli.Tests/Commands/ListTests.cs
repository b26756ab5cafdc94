using System.Text.Json;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Cli.Tests.Commands;

public sealed class ListTests
{
    private static async Task<ApiServer> With(int tasks)
    {
        var server = await ApiServer.Start();
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01AAA", tasks: tasks));
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01BBB", "Succeeded"));
        for (var i = 0; i < tasks; i++)
        {
            server.Lepton.Tasks.Add(i == 0
                ? FakeLepton.ATask($"us-east.01AAA/{i}", "Pending", 0) with { Reason = "InsufficientCapacity", Evidence = "asks 8 cpus, free 3; and a very long explanation that would be wrapped at eighty columns" }
                : FakeLepton.ATask($"us-east.01AAA/{i}"));
        }

        server.Lepton.Regions.AddRange([FakeLepton.ARegion("us-east"), FakeLepton.ARegion("eu-west", RegionDetail.Unreachable)]);
        server.Lepton.Nodes.AddRange([FakeLepton.ANode("eu-west/n01", "Lost"), FakeLepton.ANode("us-east/n01")]);
        return server;
    }

    [Fact]
    public async Task Writes_plain_tables_of_full_width_when_piped()
    {
        await using var server = await With(2);
        var run = await CliRun.Of(["tasks", "-o", "wide", "--server", server.Address.ToString()], "", width: 40);
        Assert.Equal(0, run.Exit);
        Assert.Equal(3, run.Lines.Length);
        Assert.StartsWith("ID               NAME   STATE    REGION   NODE  ASKS         AGE", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("InsufficientCapacity", run.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("would be wrapped at eighty columns", run.Lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', run.Out);
    }

    [Fact]
    public async Task Drains_a_node_by_its_name()
    {
        await using var server = await With(0);
        var run = await CliRun.Of(["node", "drain", "us-east/n01", "--reason", "new memory", "--server", server.Address.ToString()]);
        Assert.Equal((0, "us-east/n01 draining: Draining, 2 attempts on it"), (run.Exit, run.Out.Trim()));
        Assert.Equal(("us-east/n01", NodeAction.Drain, "new memory"), Assert.Single(server.Lepton.Holds));
        var resumed = await CliRun.Of(["node", "resume", "us-east/n01", "-o", "json", "--server", server.Address.ToString()]);
        Assert.Equal("None", JsonDocument.Parse(resumed.Out).RootElement.GetProperty("hold").GetString());
        Assert.NotEqual(0, (await CliRun.Of(["node", "cordon", "us-east/none", "--server", server.Address.ToString()])).Exit);
    }

    [Fact]
    public async Task Draws_colours_on_a_terminal_unless_told_not_to()
    {
        await using var server = await With(2);
        string[] args = ["nodes", "--server", server.Address.ToString()];
        var coloured = await CliRun.Of(args, "", isTerminal: true);
        Assert.Contains('\x1b', coloured.Out);
        Assert.Contains("Lost", coloured.Out, StringComparison.Ordinal);
        foreach (var plain in new[]
            {
                await CliRun.Of([.. args, "--no-color"], "", isTerminal: true),
                await CliRun.Of(args, "", isTerminal: true, environment: new() { ["NO_COLOR"] = "1" }),
            })
        {
            Assert.DoesNotContain("\x1b[3", plain.Out, StringComparison.Ordinal);
            Assert.Contains("us-east/n01", plain.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tasks", "/api/v1/tasks?limit=50")]
    [InlineData("jobs", "/api/v1/jobs?limit=50")]
    [InlineData("nodes", "/api/v1/nodes?limit=50")]
    [InlineData("regions", "/api/v1/regions")]
    [InlineData("status us-east.01AAA/1", "/api/v1/tasks/us-east.01AAA/1")]
    [InlineData("status us-east.01AAA", "/api/v1/jobs/us-east.01AAA")]
    [InlineData("get task us-east.01AAA/1", "/api/v1/tasks/us-east.01AAA/1")]
    [InlineData("regions eu-west", "/api/v1/regions/eu-west")]
    [InlineData("version", "/api/v1/version")]
    public async Task Writes_json_that_is_exactly_the_rest_body(string command, string path)
    {
        await using var server = await With(3);
        var run = await CliRun.Of(server, [.. command.Split(' '), "-o", "json"]);
        Assert.Equal(0, run.Exit);
        Assert.Equal((await server.Get(path)).Body + "\n", run.Out);
    }

    [Fact]
    public async Task Writes_names_and_yaml()
    {
        await using var server = await With(2);
        Assert.Equal("us-east.01AAA/0\nus-east.01AAA/1\n", (await CliRun.Of(server, "tasks", "-o", "name")).Out);
        var yaml = (await CliRun.Of(server, "jobs", "-o", "yaml")).Out;
        Assert.Contains("- id: us-east.01AAA", yaml, StringComparison.Ordinal);
        Assert.Contains("truncated: false", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_on_stderr_what_a_page_leaves_out()
    {
        await using var server = await With(5);
        var run = await CliRun.Of(server, "tasks", "--limit", "2");
        Assert.Equal(3, run.Lines.Length);
        Assert.Contains("2 of 5 tasks shown; next: --cursor 2", run.Err, StringComparison.Ordinal);
        Assert.Equal("", (await CliRun.Of(server, "tasks", "--limit", "2", "-q")).Err);
        var next = await CliRun.Of(server, "tasks", "--limit", "2", "--cursor", "2", "-o", "name");
        Assert.Equal("us-east.01AAA/2\nus-east.01AAA/3\n", next.Out);
    }

    [Fact]
    public async Task Hands_every_filter_on()
    {
        await using var server = await With(1);
        await CliRun.Of(server, "tasks", "--state", "pending,Running", "--job", "01A", "-l", "team=nlp", "-l", "a=b", "--region", "eu-west", "--owner", "us-east", "--limit", "7");
        var tasks = server.Lepton.LastTaskFilter!;
        Assert.Equal(["Pending", "Running"], tasks.States);
        Assert.Equal(("01A", "eu-west", "us-east", 7, "nlp", "b"), (tasks.Job, tasks.Region, tasks.Owner, tasks.Limit, tasks.Labels["team"], tasks.Labels["a"]));
        await CliRun.Of(server, "jobs", "--name", "x", "--live", "--owner", "eu-west", "--limit", "3");
        Assert.Equal(("x", true, "eu-west", 3), (server.Lepton.LastJobFilter!.Name, server.Lepton.LastJobFilter.LiveOnly, server.Lepton.LastJobFilter.Owner, server.Lepton.LastJobFilter.Limit));
        await CliRun.Of(server, "nodes", "--region", "us-east");
        Assert.Equal("us-east", server.Lepton.LastNodeFilter!.Region);
    }

    [Fact]
    public async Task Shows_the_devices_of_regions_and_says_which_are_emulated()
    {
        await using var server = await ApiServer.Start();
        DevicePoolDetail Pool(string model, bool emulated, int unhealthy) => new()
        {
            Kind = "Gpu", Model = model, MemoryBytes = 80L << 30, Emulated = emulated, Total = 8, Free = 5, Unhealthy = unhealthy, FreeDevices = 5.5, MostFreeOnNode = 4, LargestFreeIsland = 2, Isolation = ["Visibility"],
        };
        server.Lepton.Regions.Add(FakeLepton.ARegion("us-east") with { Devices = [Pool("H100", false, 1), Pool("A100", true, 0) with { MigProfile = "3g.40gb" }] });
        server.Lepton.Regions.Add(FakeLepton.ARegion("eu-west"));
        var all = await CliRun.Of(server, "regions");
        Assert.Contains("5 of 8 H100 free, 1 unhealthy; 5 of 8 A100 3g.40gb free (emulated)", all.Lines[1], StringComparison.Ordinal);

        var one = await CliRun.Of(server, "regions", "us-east");
        Assert.StartsWith("DEVICES", one.Lines[2], StringComparison.Ordinal);
        Assert.Matches("^H100 +Gpu +80 GiB +8 +5 +1 +5.5 +4 +2 +- +Visibility +no", one.Lines[3]);
        Assert.Matches("^A100 3g.40gb .* emulated", one.Lines[4]);
        Assert.DoesNotContain((await CliRun.Of(server, "regions", "eu-west")).Lines, l => l.StartsWith("DEVICES", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shows_an_unreachable_region_with_its_age_and_what_is_missing()
    {
        await using var server = await With(1);
        var regions = await CliRun.Of(server, "regions");
        Assert.Contains("us-east *", regions.Lines[1], StringComparison.Ordinal);
        Assert.Contains("Unreachable", regions.Lines[2], StringComparison.Ordinal);
        Assert.Contains("14s ago", regions.Lines[2], StringComparison.Ordinal);
        Assert.Contains("No answer within 2 s.", regions.Err, StringComparison.Ordinal);

        server.Lepton.Missing = [new MissingRegion { Region = "eu-west", Why = "No answer.", LastHeardAt = DateTimeOffset.UtcNow.AddSeconds(-70) }];
        Assert.Contains("eu-west is missing: No answer.; last heard 1m1", (await CliRun.Of(server, "nodes")).Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_fleet_and_what_is_alive_in_it()
    {
        await using var server = await With(2);
        var run = await CliRun.Of(server, "status");
        Assert.Equal(0, run.Exit);
        Assert.Contains("eu-west", run.Out, StringComparison.Ordinal);
        Assert.Contains("us-east.01AAA", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("us-east.01BBB", run.Out, StringComparison.Ordinal);
        server.Lepton.Jobs.Clear();
        Assert.Contains("lepton submit FILE", (await CliRun.Of(server, "status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_a_list_is_empty()
    {
        await using var server = await ApiServer.Start();
        var run = await CliRun.Of(server, "tasks");
        Assert.Equal((0, "no tasks\n"), (run.Exit, run.Err));
        Assert.Equal("""{"items":[],"total":0,"truncated":false}""", JsonSerializer.Serialize(JsonDocument.Parse((await CliRun.Of(server, "tasks", "-o", "json")).Out)));
    }

    [Fact]
    public async Task Keeps_messages_of_tasks_from_steering_the_terminal()
    {
        await using var server = await With(0);
        server.Lepton.Tasks.Add(FakeLepton.ATask("us-east.01AAA/0", "Failed") with { Message = "bad\u001b[2J\nnews" });
        var run = await CliRun.Of(server, "tasks", "-o", "wide");
        Assert.Equal(2, run.Lines.Length);
        Assert.Contains("bad [2J news", run.Out, StringComparison.Ordinal);
    }
}
