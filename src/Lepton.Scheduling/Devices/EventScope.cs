using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>Whom an event concerns.</summary>
/// <param name="Uuids">Devices whose health the event is for.</param>
/// <param name="Event">The event as each of them is to judge it: without a device when it is of none that is known.</param>
/// <param name="EnumerateAgain">The event cannot be pinned on a known device: the inventory is in doubt.</param>
public sealed record EventScope(ImmutableArray<string> Uuids, DeviceEvent Event, bool EnumerateAgain)
{
    /// <summary>
    /// A MIG event concerns its instance only; one of a whole GPU concerns the GPU and its instances; one of nobody, or of an unknown device, concerns all.
    /// </summary>
    public static EventScope Of(DeviceEvent e, ImmutableArray<DeviceSlice> devices)
    {
        var known = e.Uuid is not null && devices.Any(d => d.Uuid == e.Uuid);
        if (!known) return new([.. devices.Select(d => d.Uuid)], e with { Uuid = null }, EnumerateAgain: true);
        var instances = devices.Where(d => d.ParentUuid == e.Uuid && Matches(d, e)).Select(d => d.Uuid);
        if (e.GpuInstance is null) return new([e.Uuid!, .. instances], e, e.Kind == DeviceEventKind.MigChanged);
        var hit = instances.ToImmutableArray();
        return hit.IsEmpty ? new([e.Uuid!], e, EnumerateAgain: true) : new(hit, e, e.Kind == DeviceEventKind.MigChanged);
    }

    private static bool Matches(DeviceSlice device, DeviceEvent e) =>
        (e.GpuInstance is null || device.GpuInstance == e.GpuInstance)
        && (e.ComputeInstance is null || device.ComputeInstance == e.ComputeInstance);
}
