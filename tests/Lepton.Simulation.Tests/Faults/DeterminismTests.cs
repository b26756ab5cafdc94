namespace Lepton.Simulation.Tests.Faults;

public sealed class DeterminismTests
{
    private static readonly SimulationOptions Once = new() { CompareEvery = 0 };

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(23)]
    public void The_same_seed_runs_the_same_way(int seed)
    {
        var first = FaultSimulation.RunSeed(seed, Once);
        var second = FaultSimulation.RunSeed(seed, Once);

        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Faults.AsEnumerable(), second.Faults.AsEnumerable());
    }

    [Fact]
    public void Another_seed_runs_another_way() =>
        Assert.Equal(5, Enumerable.Range(1, 5).Select(seed => FaultSimulation.RunSeed(seed, Once).TraceHash).Distinct().Count());
}
