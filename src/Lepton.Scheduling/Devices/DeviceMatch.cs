using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>Why a device, or its node, is none that an ask accepts. The order is the order in which they are looked at.</summary>
public enum DeviceMisfit
{
    None,
    Kind,
    Model,
    MigProfile,
    Memory,
    ComputeCapability,
    Driver,
    Isolation,
}

/// <summary>Which devices an ask accepts, whatever is taken of them: what a device is, not what is free.</summary>
public static class DeviceMatch
{
    /// <summary>Why no device of this node could be used for the ask; only what is true of the node as a whole.</summary>
    public static DeviceMisfit OfNode(DeviceAsk ask, string? driver, IsolationAbilities isolation)
    {
        if (ask.MinDriver is { } asked && !DottedVersion.IsAtLeast(driver, asked)) return DeviceMisfit.Driver;
        return (isolation & ask.Isolation) == ask.Isolation ? DeviceMisfit.None : DeviceMisfit.Isolation;
    }

    /// <summary>The first thing that stands against a device.</summary>
    public static DeviceMisfit OfDevice(DeviceAsk ask, Device device) =>
        OfLooks(ask, device.Kind, device.Model, device.IsInstance ? device.MigProfile ?? "" : null, device.MemoryBytes, device.ComputeCapability);

    /// <param name="migProfile">Null: a whole device; else an instance of this profile.</param>
    public static DeviceMisfit OfLooks(
        DeviceAsk ask, DeviceKind kind, string model, string? migProfile, long memoryBytes, ComputeCapability? capability)
    {
        if (kind != ask.Kind) return DeviceMisfit.Kind;
        if (PreferenceOf(ask, model) < 0) return DeviceMisfit.Model;
        if (migProfile is null != ask.MigProfile is null) return DeviceMisfit.MigProfile;
        if (ask.MigProfile is not null && !string.Equals(migProfile, ask.MigProfile, StringComparison.OrdinalIgnoreCase)) return DeviceMisfit.MigProfile;
        if (ask.MemoryBytes > memoryBytes) return DeviceMisfit.Memory;
        return ask.MinComputeCapability is { } least && !(capability >= least) ? DeviceMisfit.ComputeCapability : DeviceMisfit.None;
    }

    /// <summary>Place of a model among those that will do, 0 first; -1: it will not do.</summary>
    public static int PreferenceOf(DeviceAsk ask, string model)
    {
        if (ask.Models.IsDefaultOrEmpty) return 0;
        for (var i = 0; i < ask.Models.Length; i++)
        {
            if (string.Equals(ask.Models[i], model, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    /// <summary>Whether these grants, on a node with this spec, are what one way of the demand asks for; what they take is right as well.</summary>
    public static bool Fills(Demand demand, ImmutableArray<DeviceGrant> grants, NodeSpec spec)
    {
        foreach (var ask in demand.DeviceAsks())
        {
            if (Fills(ask, grants, spec)) return true;
        }

        return false;
    }

    private static bool Fills(DeviceAsk ask, ImmutableArray<DeviceGrant> grants, NodeSpec spec)
    {
        if (grants.Length < ask.Count || grants.Length > ask.Most || OfNode(ask, spec.DriverVersion, spec.Isolation) != DeviceMisfit.None) return false;
        Device? first = null;
        foreach (var grant in grants)
        {
            if (Find(spec, grant.Uuid) is not { } device || OfDevice(ask, device) != DeviceMisfit.None) return false;
            if (grant.ShareMilli != ask.ShareMilli || grant.MemoryBytes != ask.MemoryOn(device)) return false;
            first ??= device;
            if (device.Model != first.Model || device.Emulated != first.Emulated) return false;
            if (ask.OneIsland && grants.Length > 1 && (device.Island is null || device.Island != first.Island)) return false;
        }

        return true;
    }

    private static Device? Find(NodeSpec spec, string uuid)
    {
        foreach (var device in spec.Devices.IsDefault ? [] : spec.Devices)
        {
            if (device.Uuid == uuid) return device;
        }

        return null;
    }
}
