using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>
/// Forgotten check of health: a node that writes down that a device drains or is lost, and goes on to grant it (seen from outside: what the machine
/// never hears, its row says). Breaks rule 10.
/// </summary>
public sealed class GrantsSickDevices : Sabotage
{
    private readonly Dictionary<string, DevicePhase> _sick = [];

    internal override Message? Arriving(Address to, Message message) => message is AgentBeat beat
        ? beat with { Signals = [.. beat.Signals.Select(Unheard)], Loads = [.. beat.Loads.Select(load => load with { Reading = null })] }
        : message;

    internal override StoredMachine Writing(string key, StoredMachine value) => value.Row is NodeRow row
        ? value with { Row = row with { Devices = [.. row.Devices.Select(d => _sick.TryGetValue(d.Uuid, out var phase) ? d with { Phase = phase } : d)] } }
        : value;

    private DeviceSignal Unheard(DeviceSignal signal)
    {
        if (signal.Event is not { Uuid: { } uuid, Kind: DeviceEventKind.Xid } happened) return signal;
        if (HealthSettings.Default.LostXids.Contains(happened.Code)) _sick[uuid] = DevicePhase.Lost;
        else if (HealthSettings.Default.DrainXids.Contains(happened.Code)) _sick.TryAdd(uuid, DevicePhase.Draining);
        else return signal;
        return signal with { Event = null };
    }
}
