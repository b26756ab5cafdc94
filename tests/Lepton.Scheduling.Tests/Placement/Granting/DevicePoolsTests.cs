using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Tests.Placement.Granting;

/// <summary>What other regions, and people, are told of a region's devices.</summary>
public sealed class DevicePoolsTests
{
    [Fact]
    public void Counts_what_there_is_what_is_free_and_what_is_not_well()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, NodePhase.Ready, [Gpus.H100(0), Gpus.H100(1), Gpus.H100(2), Gpus.H100(3)], DevicePhase.Healthy, DevicePhase.Lost, DevicePhase.Recovering);
        Join(ledger, 2, NodePhase.Cordoned, [Gpus.H100(4), Gpus.H100(5)], DevicePhase.Suspect);
        Join(ledger, 3, NodePhase.Lost, [Gpus.H100(6)]);
        ledger.Offer(Some.Task(0), 0, Nodes.Id(1), Some.Cpus(100), [Gpus.Grant("GPU-0", share: 250, gib: 20)]);

        var pool = Assert.Single(DevicePools.Of(ledger.Nodes));
        Assert.Equal(("H100", false, 6, 3), (pool.Model, pool.Emulated, pool.Total, pool.Unhealthy));
        // GPU-3 is whole, three quarters of GPU-0 are left; what is on a node that takes no work is not free.
        Assert.Equal((1, 1750L, 1), (pool.FreeWhole, pool.FreeMilli, pool.MostFreeOnNode));
    }

    [Fact]
    public void Keeps_real_and_emulated_devices_and_instances_apart_and_leaves_out_what_is_split()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, NodePhase.Ready, [Gpus.H100(0) with { MigMode = true }, Gpus.Mig("MIG-1", "GPU-0"), Gpus.H100(1), Gpus.H100(2) with { Emulated = true }]);
        var pools = DevicePools.Of(ledger.Nodes);
        Assert.Equal([(null, false), (null, true), ("3g.40gb", false)], pools.Select(p => (p.MigProfile, p.Emulated)).Order());
        Assert.All(pools, p => Assert.Equal((1, 1, 0), (p.Total, p.FreeWhole, p.Unhealthy)));
    }

    /// <summary>The phases are those of the first devices; the rest are healthy.</summary>
    private static void Join(NodeLedger ledger, int number, NodePhase phase, Device[] devices, params DevicePhase[] phases) =>
        ledger.Apply(Specs.Says(Nodes.Id(number), 1, Gpus.Node(devices)) with
        {
            Phase = phase,
            Devices = [.. devices.Select((d, i) => new DeviceState(d.Uuid, i < phases.Length ? phases[i] : DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))],
        });
}
