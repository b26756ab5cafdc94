using Lepton.Model;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Forgotten check of the device epoch: a node takes an offer of any epoch of a device for one of the newest. Breaks rule 7.</summary>
public sealed class ForgetsDeviceEpochs : Sabotage
{
    private readonly Dictionary<string, Epoch> _newest = [];

    internal override Message? Arriving(Address to, Message message) => message is Offer offer && !offer.Devices.IsDefaultOrEmpty
        ? offer with { Devices = [.. offer.Devices.Select(d => d with { DeviceEpoch = _newest.GetValueOrDefault(d.Uuid, d.DeviceEpoch) })] }
        : message;

    internal override void Written(Disk disk, StoredRecord? before, StoredRecord after)
    {
        if (after.Value.Row is not NodeRow row) return;
        foreach (var device in row.Devices) _newest[device.Uuid] = device.Epoch;
    }
}
