using Lepton.Cuda.Emulated;
using Lepton.Cuda.Nvml;
using Lepton.Model;

namespace Lepton.Cuda.Tests;

public sealed class EmulatedTests
{
    private const long Gib = 1L << 30;

    private static readonly DeviceOptions Two = new()
    {
        Kind = ProbeKind.Emulated,
        Emulated = [new("EMU-a", "Emulated H100", 80 * Gib) { ReservedBytes = Gib }, new("EMU-b", "Emulated H100", 80 * Gib)],
    };

    [Fact]
    public async Task Says_in_every_record_that_it_is_emulated()
    {
        using var layer = await Open(Two);
        var devices = (EmulatedDevices)layer.Probe;
        devices.Use("EMU-a", 7, 3 * Gib);
        devices.Xid("EMU-a", 31);
        var inventory = (await layer.Probe.EnumerateAsync(TestContext.Current.CancellationToken)).Value!;
        var samples = new DeviceSample[2];
        layer.Sampler.Sweep(samples);
        var processes = (await layer.Probe.ProcessesAsync("EMU-a", TestContext.Current.CancellationToken)).Value!;
        Assert.True(layer.Events.Events.TryRead(out var e));
        Assert.True(inventory.Emulated && processes.Emulated && e.Emulated);
        Assert.All(inventory.Devices, d => Assert.True(d.Emulated));
        Assert.All(inventory.Links, l => Assert.True(l.Emulated));
        Assert.All(samples, s => Assert.True(s.Emulated));
        Assert.All(processes.Processes, p => Assert.True(p.Emulated));
        Assert.Equal((3 * Gib, 76 * Gib), (samples[0].MemoryUsedBytes.Value, samples[0].MemoryFreeBytes.Value));
    }

    [Fact]
    public async Task Loses_one_device_and_gets_it_back()
    {
        using var layer = await Open(Two);
        var devices = (EmulatedDevices)layer.Probe;
        devices.SetLost("EMU-a", lost: true);
        var samples = new DeviceSample[2];
        layer.Sampler.Sweep(samples);
        Assert.Equal([true, false], samples.Select(s => s.Lost));
        Assert.Equal(NvmlReturn.GpuIsLost, samples[0].MemoryUsedBytes.Code);
        devices.SetLost("EMU-a", lost: false);
        layer.Sampler.Sweep(samples);
        Assert.Equal([false, false], samples.Select(s => s.Lost));
        Assert.True(layer.Events.Events.TryRead(out var lost) && layer.Events.Events.TryRead(out var back) && back.Kind == DeviceEventKind.Returned);
        Assert.Equal(DeviceEventKind.Lost, lost.Kind);
    }

    [Fact]
    public async Task Is_never_taken_in_place_of_a_driver_that_is_missing()
    {
        var opened = await DeviceLayer.OpenAsync(new() { LibraryPath = "/nowhere/lib.so" }, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(opened.Ok);
        await Assert.ThrowsAsync<ArgumentException>(() => DeviceLayer.OpenAsync(Two with { Kind = ProbeKind.Nvml }, TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GPU-a", 1, "must begin with 'EMU-'")]
    [InlineData("EMU-a", 0, "0 bytes of memory")]
    public void Refuses_what_could_be_taken_for_real_or_is_none(string uuid, long bytes, string text) =>
        Assert.Contains((Two with { Emulated = [new(uuid, "x", bytes)] }).Errors(), e => e.Contains(text, StringComparison.Ordinal));

    [Fact]
    public void Refuses_an_empty_list_and_a_device_listed_twice()
    {
        Assert.NotEmpty((Two with { Emulated = [] }).Errors());
        Assert.Contains((Two with { Emulated = [Two.Emulated[0], Two.Emulated[0]] }).Errors(), e => e.Contains("listed 2 times", StringComparison.Ordinal));
        Assert.Empty(Two.Errors());
    }

    private static async Task<DeviceLayer> Open(DeviceOptions options) =>
        (await DeviceLayer.OpenAsync(options, TimeProvider.System, TestContext.Current.CancellationToken)).Value!;
}
