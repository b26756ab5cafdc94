using Lepton.Cuda.Nvml;
using Lepton.Cuda.Tests.Fakes;

namespace Lepton.Cuda.Tests;

public sealed class FailureTests
{
    [Fact]
    public async Task Reports_a_missing_library_with_the_places_that_were_tried()
    {
        var options = new DeviceOptions { LibraryPath = "/nowhere/libnvidia-ml.so.1" };
        var opened = await DeviceLayer.OpenAsync(options, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(ProbeFailure.LibraryNotFound, opened.Error?.Failure);
        Assert.Contains("/nowhere/libnvidia-ml.so.1", opened.Error!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Looks_in_the_usual_folders_only_when_no_path_is_configured()
    {
        Assert.Equal(["/a/b.so"], NvmlLibrary.Candidates("/a/b.so"));
        Assert.Equal("libnvidia-ml.so.1", NvmlLibrary.Candidates(null).First());
        Assert.DoesNotContain(NvmlLibrary.Candidates(null), path => path.Contains("stubs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reports_a_library_that_is_none_of_the_driver()
    {
        var opened = await DeviceLayer.OpenAsync(new() { LibraryPath = FakeLibraries.Cuda }, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(ProbeFailure.LibraryUnusable, opened.Error?.Failure);
        Assert.Contains("nvmlInit_v2", opened.Error!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_a_driver_that_is_not_loaded()
    {
        using var driver = new FakeDriver(null);
        var opened = await driver.TryOpen();
        Assert.Equal((ProbeFailure.DriverNotLoaded, NvmlReturn.DriverNotLoaded), (opened.Error?.Failure, opened.Error?.Code));
    }

    [Fact]
    public async Task Reports_a_driver_that_was_upgraded_under_its_library()
    {
        using var driver = new FakeDriver("[system]\nmismatch = 1\n[gpu0]\n");
        var opened = await driver.TryOpen();
        Assert.Equal(ProbeFailure.VersionMismatch, opened.Error?.Failure);
        Assert.Contains("restart the agent", opened.Error!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opens_again_after_a_failure()
    {
        using (var driver = new FakeDriver(null)) Assert.False((await driver.TryOpen()).Ok);
        using var loaded = new FakeDriver(FakeDriver.Gpus(1));
        Assert.Single((await loaded.Open()).Devices);
    }

    [Fact]
    public async Task Reports_an_opening_that_hangs_and_opens_once_it_came_back()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(1));
        driver.Order("delay nvmlInit_v2 600000");
        var opened = await driver.TryOpen(TimeSpan.FromMilliseconds(100));
        Assert.Equal(ProbeFailure.Hung, opened.Error?.Failure);
        driver.Order("delay nvmlInit_v2 0");
        Assert.Single((await driver.Open()).Devices);
    }
}
