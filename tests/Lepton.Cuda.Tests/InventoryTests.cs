using Lepton.Cuda.Tests.Fakes;

namespace Lepton.Cuda.Tests;

public sealed class InventoryTests
{
    [Fact]
    public async Task Lists_devices_with_their_facts_and_the_versions()
    {
        using var driver = new FakeDriver("""
            [system]
            driver = 580.65.06
            cuda = 13000
            [gpu0]
            uuid = GPU-a
            nvlink = 1:12
            [gpu1]
            uuid = GPU-b
            name = NVIDIA A100-SXM4-40GB
            cc = 8.0
            mem_total_mib = 40960
            nvlink = 0:12
            [gpu2]
            uuid = GPU-far
            """);
        var inventory = await driver.Open();
        Assert.Equal(("580.65.06", new Version(13, 0), ProbeKind.Nvml, false), (inventory.DriverVersion, inventory.CudaVersion, inventory.Kind, inventory.Emulated));
        Assert.Equal(["GPU-a", "GPU-b", "GPU-far"], inventory.Devices.Select(d => d.Uuid));
        var b = inventory.Devices[1];
        Assert.Equal(("NVIDIA A100-SXM4-40GB", new Version(8, 0), 40960L << 20, "00000000:11:00.0", 12, true),
            (b.Name, b.ComputeCapability, b.MemoryBytes, b.PciBusId, b.ActiveNvLinks, b.Placeable));
        Assert.Equal(
            [("GPU-a", "GPU-b", true), ("GPU-a", "GPU-far", false), ("GPU-b", "GPU-far", false)],
            inventory.Links.Select(l => (l.UuidA, l.UuidB, l.NvLink == true)));
        Assert.All(inventory.Links, l => Assert.Equal(CommonAncestor.Switches, l.Nearest));
        Assert.Empty(inventory.Unreadable);
    }

    [Fact]
    public async Task Lists_instances_of_a_device_in_MIG_mode_and_places_on_them_only()
    {
        using var driver = new FakeDriver("""
            [gpu0]
            uuid = GPU-a
            mig_mode = 1
            mig = MIG-1,1,0,20096
            mig = MIG-2,2,0,40448
            [gpu1]
            uuid = GPU-b
            """);
        var inventory = await driver.Open();
        Assert.Equal([("GPU-a", false), ("MIG-1", true), ("MIG-2", true), ("GPU-b", true)], inventory.Devices.Select(d => (d.Uuid, d.Placeable)));
        var second = inventory.Devices[2];
        Assert.Equal(("GPU-a", 2u, 0u, 40448L << 20), (second.ParentUuid, second.GpuInstance, second.ComputeInstance, second.MemoryBytes));
        var samples = driver.Sweep();
        Assert.Equal(20096L << 20, samples[1].MemoryTotalBytes.Value);
        Assert.Null(samples[1].PowerMilliwatts.Value);
        Assert.NotNull(samples[0].PowerMilliwatts.Value);
        Assert.Single(inventory.Links);
    }

    [Fact]
    public async Task Tells_of_a_lost_device_beside_the_others()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(3));
        driver.Order("lost 1");
        var inventory = await driver.Open();
        Assert.Equal(["GPU-0", "GPU-2"], inventory.Devices.Select(d => d.Uuid));
        var lost = Assert.Single(inventory.Unreadable);
        Assert.Equal((1, ProbeFailure.DeviceLost), (lost.Index, lost.Error.Failure));
    }
}
