using Lepton.Hosting;
using Lepton.Local.Agents;
using Lepton.Local.Regions;
using Lepton.Model;

namespace Lepton.Local.Tests;

/// <summary>The command line of the local fleet: what it means, and what is refused.</summary>
public sealed class LocalOptionsTests
{
    [Fact]
    public async Task Runs_three_regions_and_the_sample_when_nothing_is_said()
    {
        var options = await Parsed();
        Assert.Equal(["us-east", "eu-west", "ap-south"], options.Regions);
        Assert.True(options.RunSample);
        Assert.False(options.Once);
        Assert.Equal(8080, options.HttpPort);
    }

    [Fact]
    public async Task Takes_what_is_said()
    {
        var options = await Parsed("--once", "--no-sample", "--regions", "a,b", "--port", "9000", "--home", "/tmp/x", "--cpus", "3");
        Assert.True(options.Once);
        Assert.False(options.RunSample);
        Assert.Equal(["a", "b"], options.Regions);
        Assert.Equal((9000, "/tmp/x", 3), (options.HttpPort, options.Home, options.Cpus));
    }

    [Theory]
    [InlineData("--regions", "../x", "'../x' is not a name")]
    [InlineData("--regions", "a,a", "'a' is named 2 times")]
    [InlineData("--regions", ",", "1 to 8 names")]
    [InlineData("--port", "80", "Port 80 is out of range")]
    [InlineData("--port", "11110", "11110 and 11111 are less than 3 apart")]
    [InlineData("--only", "mars", "--only names 'mars'")]
    [InlineData("--only", "us-east", "Maybe add --no-sample")]
    [InlineData("--retain", "59s", "too short")]
    [InlineData("--cpus", "0", "--cpus 0 is out of range")]
    [InlineData("--nodes", "0", "--nodes 0 is out of range")]
    [InlineData("--nodes", "17", "1 to 16 are allowed")]
    [InlineData("--regions", "1st", "a letter first")]
    [InlineData("--label", "zone", "--label 'zone' is not KEY=VALUE. Maybe zone=a")]
    [InlineData("--label", "n02:zone=a", "--label 'n02:zone=a' is for the node n02, and there is none. Maybe n01, or us-east/n01.")]
    [InlineData("--label", "mars/n01:zone=a", "is for the node mars/n01, and there is none")]
    [InlineData("--taint", "team=x", "--taint 'team=x' has no effect behind a colon. Maybe gpu=h100:NoSchedule")]
    [InlineData("--taint", "n01:team=x:Never", "has the effect 'Never'")]
    [InlineData("--devices", "cuda", "Maybe none, auto or emulated:8xH100")]
    [InlineData("--devices", "auto", "would let 3 agents of this machine offer the same devices")]
    public async Task Refuses_by_name_what_cannot_be(string option, string value, string error) =>
        Assert.Contains((await Parsed(option, value)).Errors(), e => e.Contains(error, StringComparison.Ordinal));

    [Fact]
    public async Task Gives_labels_and_taints_to_all_nodes_or_to_one_and_the_narrower_counts()
    {
        var options = await Parsed(
            "--nodes", "2", "--regions", "a,b", "--label", "a/n02:zone=z2", "--label", "zone=z0", "--label", "n02:zone=z1", "--label", "pool=x:y", "--taint", "n01:NoSchedule", "--taint", "b/n01:team=x:NoSchedule");
        Assert.Empty(options.Errors());
        string Of(string region, string node) => string.Join(' ', NodeSettings.LabelsOf(options, new NodeId(new RegionId(region), node)).Concat(NodeSettings.TaintsOf(options, new NodeId(new RegionId(region), node))).Order(StringComparer.Ordinal));
        Assert.Equal("n01:NoSchedule pool=x:y zone=z0", Of("a", "n01"));
        Assert.Equal("n01:NoSchedule pool=x:y zone=z2", Of("a", "n02"));
        Assert.Equal("n01:NoSchedule pool=x:y team=x:NoSchedule zone=z0", Of("b", "n01"));
        Assert.Equal("n01:NoSchedule pool=x:y zone=z1", Of("b", "n02"));
    }

    [Fact]
    public async Task Gives_every_agent_a_node_and_a_folder_of_its_own()
    {
        var plans = RegionPlan.For(await Parsed("--nodes", "2", "--regions", "a,b", "--home", "/tmp/x"));
        Assert.Equal(["a/n01", "a/n02", "b/n01", "b/n02"], plans.SelectMany(p => p.Agents).Select(a => a.Node.ToString()));
        Assert.Equal(4, plans.SelectMany(p => p.Agents).Select(a => a.Folder).Distinct().Count());
        Assert.Equal("/tmp/x/regions/b/agent-n02", plans[1].Agents[1].Folder);
    }

    [Fact]
    public async Task Tells_each_region_of_all_others_as_a_file_would()
    {
        var plans = RegionPlan.For(await Parsed("--regions", "a,b", "--home", "/tmp/x"));
        var second = plans[1].ToConfiguration(plans, verbose: false);
        Assert.Empty(RegionConfigurationValidator.Errors(second));
        Assert.Equal([("API", 8081), ("silo", 11112), ("gateway", 30002)], second.Ports);
        Assert.Equal(["a", "b"], second.ToDirectory().Regions.Select(r => r.Region.Value));
        Assert.Equal("/tmp/x/regions/b/region.db", second.StateFile);
    }

    [Fact]
    public async Task Finds_nothing_wrong_with_the_defaults() => Assert.Empty((await Parsed()).Errors());

    private static async Task<LocalOptions> Parsed(params string[] arguments)
    {
        LocalOptions? taken = null;
        var parsed = LocalOptions.Command((options, _) =>
        {
            taken = options;
            return Task.FromResult(0);
        }).Parse(arguments);
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, await parsed.InvokeAsync());
        return taken!;
    }
}
