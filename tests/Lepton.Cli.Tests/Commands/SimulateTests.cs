namespace Lepton.Cli.Tests.Commands;

public sealed class SimulateTests
{
    [Fact]
    public async Task Runs_seeds_in_order_without_a_server_and_counts_faults()
    {
        var run = await CliRun.Of("simulate", "faults", "--seeds", "1..3,7", "--steps", "300");
        Assert.Equal(("", 0), (run.Err, run.Exit));
        Assert.Equal(["seed    1", "seed    2", "seed    3", "seed    7"], run.Lines.Take(4).Select(l => l[..9]));
        Assert.Contains("4 seeds, ", run.Out, StringComparison.Ordinal);
        Assert.Contains("MessageLost", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("No rule was broken.\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_the_same_of_the_same_seeds()
    {
        var first = await CliRun.Of("simulate", "faults", "--seeds", "5..8", "--steps", "200");
        Assert.Equal(first, await CliRun.Of("simulate", "faults", "--seeds", "5..8", "--steps", "200"));
    }
}
