using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <summary>One device of a node: what it is, how healthy, and what of it is granted.</summary>
internal sealed class DeviceBook(string uuid, DeviceHealth health)
{
    public string Uuid => uuid;

    /// <summary>Null: its agent does not tell of it any more.</summary>
    public Device? Device { get; set; }

    public DeviceHealth Health { get; set; } = health;

    public Epoch Epoch => new(Health.Epoch);

    /// <summary>Thousandths of it that are granted.</summary>
    public int TakenMilli { get; private set; }

    public long TakenMemory { get; private set; }

    /// <summary>Attempts that hold some of it.</summary>
    public int Holders { get; private set; }

    public DeviceState State => new(uuid, Health.Phase, Epoch, Health.Since, Health.Reason) { ApplicationFaults = Health.ApplicationFaults };

    public void Take(DeviceGrant grant) => (TakenMilli, TakenMemory, Holders) = (TakenMilli + grant.ShareMilli, TakenMemory + grant.MemoryBytes, Holders + 1);

    public void GiveBack(DeviceGrant grant) => (TakenMilli, TakenMemory, Holders) = (TakenMilli - grant.ShareMilli, TakenMemory - grant.MemoryBytes, Holders - 1);

    /// <summary>As stored. Of the faults of applications only the count is known; a suspect device must be calm from now on.</summary>
    public static DeviceBook Of(DeviceState state, DateTimeOffset now) =>
        new(state.Uuid, DeviceHealth.New(now) with
        {
            Phase = state.Phase,
            Epoch = state.Epoch.Value,
            Reason = state.Why,
            Since = state.Since,
            ApplicationFaults = state.ApplicationFaults,
        });
}
