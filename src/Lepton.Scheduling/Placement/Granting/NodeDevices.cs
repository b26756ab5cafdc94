using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>The devices of one node in the region's ledger.</summary>
internal sealed class NodeDevices
{
    private readonly Dictionary<string, DeviceEntry> _byUuid = new(StringComparer.Ordinal);
    private DeviceEntry[] _told = [];

    /// <summary>Those that tasks can be given, by what they look like: a GPU in MIG mode is in none, its instances are.</summary>
    public DeviceGroup[] Groups { get; private set; } = [];

    /// <summary>Everything its agent tells of, in its order.</summary>
    public ReadOnlySpan<DeviceEntry> Told => _told;

    /// <summary>What a device is that the node has told of; null: it has not.</summary>
    public Device? Find(string uuid) => _byUuid.TryGetValue(uuid, out var entry) ? entry.Device : null;

    public bool IsEmpty => _told.Length == 0;

    public void Respecify(ImmutableArray<Device> devices)
    {
        foreach (var entry in _byUuid.Values) entry.Device = null;
        _told = [.. devices.OrEmpty().Select(d => Entry(d.Uuid, d))];
        foreach (var gone in _byUuid.Values.Where(e => e.Device is null && e.Holders == 0).ToList()) _byUuid.Remove(gone.Uuid);
        foreach (var entry in _told)
        {
            entry.Overlapping = [.. _told.Where(o => o.Uuid == entry.Device!.ParentUuid || o.Device!.ParentUuid == entry.Uuid)];
        }

        Groups =
        [
            .. _told.Where(e => !e.Device!.MigMode).GroupBy(e => DeviceGroup.KeyOf(e.Device!)).Select(g => new DeviceGroup(g.First().Device!, [.. g])),
        ];
    }

    public void Apply(ImmutableArray<DeviceState> states)
    {
        foreach (var state in states.OrEmpty())
        {
            if (_byUuid.TryGetValue(state.Uuid, out var entry)) entry.State = state;
        }
    }

    public void Take(ImmutableArray<DeviceGrant> grants)
    {
        foreach (var grant in grants.OrEmpty()) Entry(grant.Uuid, null).Take(grant);
    }

    public void GiveBack(ImmutableArray<DeviceGrant> grants)
    {
        foreach (var grant in grants.OrEmpty()) Entry(grant.Uuid, null).GiveBack(grant);
    }

    private DeviceEntry Entry(string uuid, Device? device)
    {
        if (!_byUuid.TryGetValue(uuid, out var entry)) _byUuid.Add(uuid, entry = new DeviceEntry(uuid));
        entry.Device = device ?? entry.Device;
        return entry;
    }
}
