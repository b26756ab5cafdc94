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
