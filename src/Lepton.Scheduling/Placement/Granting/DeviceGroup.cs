using Lepton.Model;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>Devices of a node that look the same to a task.</summary>
internal sealed class DeviceGroup(Device first, DeviceEntry[] devices)
{
    /// <summary>Any of them, for what they have in common.</summary>
    public Device Looks => first;

    public DeviceEntry[] Devices => devices;

    /// <summary>Null: whole devices; else instances of this profile.</summary>
    public string? MigProfile => first.IsInstance ? first.MigProfile ?? "" : null;

    /// <summary>A grant may mix only devices for which this is equal.</summary>
    public static (DeviceKind, string, string?, long, ComputeCapability?, bool) KeyOf(Device d) =>
        (d.Kind, d.Model, d.IsInstance ? d.MigProfile ?? "" : null, d.MemoryBytes, d.ComputeCapability, d.Emulated);
}
