using System.Diagnostics;
using Lepton.Cuda.Nvml;
using Lepton.Cuda.Tests.Fakes;

namespace Lepton.Cuda.Tests;

public sealed class SamplingTests
{
    [Fact]
    public async Task Reads_every_figure_of_every_device()
    {
        using var driver = new FakeDriver("""
            [gpu0]
            uuid = GPU-a
            mem_used_mib = 1000
            util = 97
            mem_util = 40
            temp = 61
            power_mw = 512000
            [gpu1]
            uuid = GPU-b
            """);
        await driver.Open();
        driver.Order("remap 1 2 1 0");
        driver.Order("recovery 1 4");
        var samples = driver.Sweep();
        var a = samples[0];
        Assert.Equal(("GPU-a", 81559L << 20, 551L << 20, 1000L << 20), (a.Uuid, a.MemoryTotalBytes.Value, a.MemoryReservedBytes.Value, a.MemoryUsedBytes.Value));
        Assert.Equal((97L, 40L, 61L, 512000L, 1980L, 2619L),
            (a.KernelPercent.Value, a.MemoryBusyPercent.Value, a.TemperatureCelsius.Value, a.PowerMilliwatts.Value, a.SmClockMegahertz.Value, a.MemoryClockMegahertz.Value));
        Assert.Equal((2L, 1L, 0L, 4L), (samples[1].RowsRemappedUncorrectable.Value, samples[1].RowRemapPending.Value, samples[1].RowRemapFailed.Value, samples[1].RecoveryAction.Value));
        Assert.All(samples, s => Assert.False(s.Emulated));
    }

    [Fact]
    public async Task Shows_memory_as_it_grows()
    {
        using var driver = new FakeDriver("[gpu0]\nmem_used_mib = 66\nmem_grow_mib_s = 1000\n");
        await driver.Open();
        var first = driver.Sweep()[0].MemoryUsedBytes.Value;
        var begun = Stopwatch.GetTimestamp();
        while (driver.Sweep()[0].MemoryUsedBytes.Value <= first)
            Assert.True(Stopwatch.GetElapsedTime(begun) < FakeDriver.Patience, "Memory in use of gpu 0 did not grow.");
        driver.Order("mem 0 1093");
        Assert.Equal(1093L << 20, driver.Sweep()[0].MemoryUsedBytes.Value);
    }

    [Fact]
    public async Task Keeps_the_other_figures_when_one_call_fails()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(2));
        await driver.Open();
        driver.Order("fail nvmlDeviceGetPowerUsage 0 999");
        var samples = driver.Sweep();
        Assert.Equal((NvmlReturn.Unknown, (long?)null), (samples[0].PowerMilliwatts.Code, samples[0].PowerMilliwatts.Value));
        Assert.Equal(34, samples[0].TemperatureCelsius.Value);
        Assert.Equal(71000, samples[1].PowerMilliwatts.Value);
        driver.Order("clearfail");
        Assert.Equal(71000, driver.Sweep()[0].PowerMilliwatts.Value);
    }

    [Fact]
    public async Task Falls_back_to_the_calls_of_an_old_driver()
    {
        using var driver = new FakeDriver("[system]\nold = 1\n[gpu0]\nmem_used_mib = 100\ntemp = 50\n");
        await driver.Open();
        var sample = driver.Sweep()[0];
        Assert.Equal((81559L << 20, (100L + 551) << 20, 50L, 1L),
            (sample.MemoryTotalBytes.Value, sample.MemoryUsedBytes.Value, sample.TemperatureCelsius.Value, sample.ClockReasons.Value));
        Assert.Null(sample.MemoryReservedBytes.Value);
        Assert.Equal(NvmlReturn.FunctionNotFound, sample.RecoveryAction.Code);
    }

    [Fact]
    public async Task Asks_the_older_call_where_the_library_lacks_the_newer()
    {
        using var driver = new FakeDriver("[gpu0]\nmem_used_mib = 100\n");
        await driver.Open();
        var session = (NvmlSession)driver.Layer.Probe;
        var sample = default(DeviceSample);
        NvmlSampler.ReadMemory(session.Devices[0].Handle, session.Abilities with { MemoryNew = false }, ref sample);
        Assert.Equal(((100L + 551) << 20, (long?)null), (sample.MemoryUsedBytes.Value, sample.MemoryReservedBytes.Value));
        NvmlSampler.ReadMemory(session.Devices[0].Handle, session.Abilities with { MemoryNew = false, MemoryOld = false }, ref sample);
        Assert.Equal(NvmlReturn.FunctionNotFound, sample.MemoryUsedBytes.Code);
    }

    [Fact]
    public async Task Reads_neighbours_of_a_lost_device()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(3));
        await driver.Open();
        driver.Order("lost 1");
        var samples = driver.Sweep();
        Assert.Equal([false, true, false], samples.Select(s => s.Lost));
        Assert.All([samples[0], samples[2]], s => Assert.Equal(34, s.TemperatureCelsius.Value));
    }

    [Fact]
    public async Task Reports_a_sweep_that_hangs_and_begins_no_other_on_top()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(1));
        await driver.Open();
        using var guarded = new GuardedSampler(driver.Layer.Sampler.Inner, TimeSpan.FromMilliseconds(200));
        var samples = new DeviceSample[1];
        driver.Order("delay nvmlDeviceGetPowerUsage 600000");
        var first = guarded.Sweep(samples);
        var second = guarded.Sweep(samples);
        driver.Order("delay nvmlDeviceGetPowerUsage 0");
        Assert.Equal((SweepState.Hung, 0), (first.State, first.Count));
        Assert.Equal(SweepState.Hung, second.State);
        Assert.True(second.Took >= first.Took, "The second sweep was begun anew.");
        var begun = Stopwatch.GetTimestamp();
        while (guarded.Sweep(samples).State != SweepState.Completed)
            Assert.True(Stopwatch.GetElapsedTime(begun) < FakeDriver.Patience, "No sweep completed after the slow call had ended.");
        Assert.Equal(71000, samples[0].PowerMilliwatts.Value);
    }

    [Fact]
    public async Task Allocates_nothing_in_a_sweep()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(8));
        await driver.Open();
        var samples = new DeviceSample[8];
        for (var i = 0; i < 50; i++) driver.Layer.Sampler.Sweep(samples);
        const int sweeps = 200;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < sweeps; i++) driver.Layer.Sampler.Sweep(samples);
        var took = Stopwatch.GetElapsedTime(begun);
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / sweeps;
        TestContext.Current.TestOutputHelper?.WriteLine($"{{\"sweep_ms\": {took.TotalMilliseconds / sweeps:0.000}, \"bytes_per_sweep\": {bytes}, \"devices\": 8}}");
        var inner = new CountingSampler(driver.Layer.Sampler.Inner);
        inner.Sample(samples);
        inner.Sample(samples);
        Assert.Equal(0, inner.Allocated);
    }

    /// <summary>Counts what the sampler itself allocates: other threads of the process do not matter.</summary>
    private sealed class CountingSampler(IDeviceSampler inner) : IDeviceSampler
    {
        public long Allocated { get; private set; }

        public int Count => inner.Count;

        public int Sample(Span<DeviceSample> samples)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var count = inner.Sample(samples);
            Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return count;
        }
    }
}
