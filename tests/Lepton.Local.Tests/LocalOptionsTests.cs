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
    public async Task Refuses_by_name_what_cannot_be(string option, string value, string error) =>
        Assert.Contains((await Parsed(option, value)).Errors(), e => e.Contains(error, StringComparison.Ordinal));

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
