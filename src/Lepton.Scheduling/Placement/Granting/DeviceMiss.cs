namespace Lepton.Scheduling.Placement.Granting;

/// <summary>What stands between a node and a need for devices; the further down, the nearer the miss.</summary>
internal enum DeviceMiss
{
    DeviceKind,
    DeviceModel,
    MigProfile,
    DeviceMemory,
    ComputeCapability,
    Driver,
    Isolation,

    /// <summary>Not so many on the node, free or not.</summary>
    DeviceCount,

    /// <summary>Not so many on one island, free or not.</summary>
    Interconnect,

    /// <summary>So many, but not so many healthy.</summary>
    DeviceHealth,

    /// <summary>So many healthy, but not so many (or no such share) free.</summary>
    FreeDevices,

    /// <summary>So many free, but not on one island.</summary>
    FreeIsland,

    /// <summary>It fits.</summary>
    None,
}
