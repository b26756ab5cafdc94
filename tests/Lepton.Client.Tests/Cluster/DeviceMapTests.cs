using Lepton.Client.Cluster;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class DeviceMapTests
{
    [Fact]
    public void Shows_what_is_emulated_how_far_it_is_trusted_and_what_of_it_is_granted()
    {
        var device = new Device("EMU-a-0", DeviceKind.Gpu, "H100", 80L << 30, true) { Island = 0, ComputeCapability = new ComputeCapability(9, 0) };
        var state = new DeviceState("EMU-a-0", DevicePhase.Draining, new Epoch(2), DateTimeOffset.UnixEpoch, "XID 48.") { ApplicationFaults = 3 };
        var shown = DeviceMap.Of(new DeviceView(device, state, 250, 20L << 30));
        Assert.Equal(("EMU-a-0", true, "Draining", "XID 48.", 0.25, 20L << 30), (shown.Uuid, shown.Emulated, shown.State, shown.Why, shown.Granted, shown.GrantedMemoryBytes));
        Assert.Equal(("Gpu", "H100", "9.0", 3L), (shown.Kind, shown.Model, shown.ComputeCapability, shown.ApplicationFaults));
    }

    [Fact]
    public void Counts_the_devices_of_a_region_by_what_they_look_like()
    {
        var pool = new DevicePool(DeviceKind.Gpu, "A100", 40L << 30, "3g.40gb", new ComputeCapability(8, 0), true, 8, 3, 3500, 4, 2, 0, 0, 1000, "580.65.06", IsolationAbilities.Mig) { Unhealthy = 2 };
        var shown = DeviceMap.Of(pool);
        Assert.Equal(("Gpu", "A100", "3g.40gb", "8.0", true), (shown.Kind, shown.Model, shown.MigProfile, shown.ComputeCapability, shown.Emulated));
        Assert.Equal((8, 3, 2, 3.5, 2, 0), (shown.Total, shown.Free, shown.Unhealthy, shown.FreeDevices, shown.MostFreeOnNode, shown.LargestFreeIsland));
        Assert.Equal((40L << 30, "580.65.06", "Mig"), (shown.MemoryBytes, shown.Driver, Assert.Single(shown.Isolation)));
    }

    [Fact]
    public void Names_each_ability_of_a_node_by_itself()
    {
        Assert.Equal(["Visibility", "MemoryWatch", "Cgroup"], DeviceMap.Of(IsolationAbilities.Visibility | IsolationAbilities.MemoryWatch | IsolationAbilities.Cgroup));
        Assert.Empty(DeviceMap.Of(IsolationAbilities.None));
    }

    [Fact]
    public void Shows_use_as_it_was_measured_and_nothing_where_nobody_could()
    {
        var shown = DeviceMap.Of(new AttemptUsage(12.5, null, 7, true) { BusySeconds = 3 })!;
        Assert.Equal((12.5, (double?)null, 7L, true, 3.0), (shown.DeviceSeconds, shown.Joules, shown.PeakMemoryBytes!.Value, shown.Emulated, shown.BusySeconds!.Value));
        Assert.Null(DeviceMap.Of((AttemptUsage?)null));
    }
}
