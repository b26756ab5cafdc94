namespace Lepton.Model.Tests;

/// <summary>Arithmetic on units.</summary>
public sealed class CapacityTests
{
    [Theory]
    [InlineData(1000, 10, 1000, 10, true)]
    [InlineData(1000, 10, 1001, 10, false)]
    [InlineData(1000, 10, 1000, 11, false)]
    public void Fits_when_both_fit(long cpu, long memory, long askedCpu, long askedMemory, bool fits) =>
        Assert.Equal(fits, new Capacity(cpu, memory).Fits(new Capacity(askedCpu, askedMemory)));

    [Fact]
    public void Gives_back_what_was_taken() =>
        Assert.Equal(new Capacity(7, 9), new Capacity(7, 9) - new Capacity(3, 4) + new Capacity(3, 4));

    [Fact]
    public void Says_its_units() => Assert.Equal("1.5 cpus, 512 MiB", new Capacity(1500, 512L << 20).ToString());

    [Fact]
    public void Epochs_only_compare_and_grow()
    {
        Assert.True(Epoch.None.Next() > Epoch.None);
        Assert.True(new Epoch(2) <= new Epoch(2));
        Assert.Equal(3, new Epoch(2).Next().Value);
    }
}
