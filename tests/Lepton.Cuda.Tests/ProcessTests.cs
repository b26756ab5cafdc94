using Lepton.Cuda.Nvml;
using Lepton.Cuda.Tests.Fakes;

namespace Lepton.Cuda.Tests;

public sealed class ProcessTests
{
    [Theory]
    [InlineData(24, 0)]
    [InlineData(32, 0)]
    [InlineData(24, 1)]
    public async Task Reads_processes_whatever_the_width_of_the_entries(int stride, int old)
    {
        using var driver = new FakeDriver($"[system]\nproc_stride = {stride}\nold = {old}\n[gpu0]\nuuid = GPU-a\nproc = 4711:1000\nproc = 4712:66\nproc = 99:3\n[gpu1]\nuuid = GPU-b\n");
        await driver.Open();
        var a = await driver.Layer.Probe.ProcessesAsync("GPU-a", TestContext.Current.CancellationToken);
        Assert.Equal([(4711, 1000L << 20), (4712, 66L << 20), (99, 3L << 20)], a.Value!.Processes.Select(p => (p.Pid, p.UsedBytes!.Value)));
        Assert.All(a.Value.Processes, p => Assert.Null(p.GpuInstance));
        var b = await driver.Layer.Probe.ProcessesAsync("GPU-b", TestContext.Current.CancellationToken);
        Assert.Empty(b.Value!.Processes);
    }

    [Fact]
    public async Task Asks_again_with_more_room_when_there_are_many()
    {
        using var driver = new FakeDriver("[system]\nproc_stride = 32\n[gpu0]\nuuid = GPU-a\n" + string.Concat(Enumerable.Range(1, 120).Select(i => $"proc = {i}:{i}\n")));
        await driver.Open();
        var found = await driver.Layer.Probe.ProcessesAsync("GPU-a", TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 120), found.Value!.Processes.Select(p => p.Pid));
    }

    [Fact]
    public async Task Reads_processes_of_each_instance_by_itself_and_those_behind_an_MPS_server()
    {
        using var driver = new FakeDriver("[gpu0]\nuuid = GPU-m\nmig_mode = 1\nmig = MIG-1,1,0,20096\nmig = MIG-2,2,0,20096\n[gpu1]\nuuid = GPU-s\n");
        await driver.Open();
        driver.Order("migproc 0 1 41 700");
        driver.Order("proc 1 42 100");
        driver.Order("mpsproc 1 43 300");
        Assert.Empty((await Ask("MIG-1")).Processes);
        var mine = Assert.Single((await Ask("MIG-2")).Processes);
        Assert.Equal((41, 700L << 20, 2u, 0u, false), (mine.Pid, mine.UsedBytes!.Value, mine.GpuInstance!.Value, mine.ComputeInstance!.Value, mine.ThroughMps));
        Assert.Equal([(42, false), (43, true)], (await Ask("GPU-s")).Processes.Select(p => (p.Pid, p.ThroughMps)));

        async Task<DeviceProcesses> Ask(string uuid)
        {
            var read = await driver.Layer.Probe.ProcessesAsync(uuid, TestContext.Current.CancellationToken);
            Assert.True(read.Ok, read.Error?.ToString());
            return read.Value;
        }
    }

    [Fact]
    public async Task Reports_a_device_that_is_not_known_or_lost()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(2));
        await driver.Open();
        driver.Order("lost 1");
        Assert.Equal(ProbeFailure.UnknownDevice, (await driver.Layer.Probe.ProcessesAsync("GPU-x", TestContext.Current.CancellationToken)).Error?.Failure);
        Assert.Equal(ProbeFailure.DeviceLost, (await driver.Layer.Probe.ProcessesAsync("GPU-1", TestContext.Current.CancellationToken)).Error?.Failure);
        Assert.True((await driver.Layer.Probe.ProcessesAsync("GPU-0", TestContext.Current.CancellationToken)).Ok);
    }

    [Fact]
    public void Takes_all_ones_for_not_known()
    {
        var buffer = new byte[ProcessEntries.Widest];
        buffer.AsSpan().Fill(ProcessEntries.Untouched);
        BitConverter.TryWriteBytes(buffer, 7);
        buffer.AsSpan(8, 16).Fill(0xFF);
        var process = Assert.Single(ProcessEntries.Read(buffer, 1, throughMps: false));
        Assert.Equal((7, (long?)null, (uint?)null), (process.Pid, process.UsedBytes, process.GpuInstance));
    }
}
