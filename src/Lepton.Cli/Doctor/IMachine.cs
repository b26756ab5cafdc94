using System.Collections.Immutable;
using Lepton.Cuda;
using Lepton.Linux;

namespace Lepton.Cli.Doctor;

/// <summary>How long small synced writes take in a folder; or why none could be made.</summary>
internal sealed record SyncTimes(TimeSpan Median, TimeSpan Worst, string? Error = null);

/// <summary>One look at the devices of the NVIDIA driver: what there is and a sample of each, or why not.</summary>
/// <param name="Samples">Of the devices of the inventory, in its order; none when they could not be read.</param>
internal sealed record DriverLook(DeviceInventory? Inventory, ImmutableArray<DeviceSample> Samples, ProbeError? Error);

/// <summary>The facts of this machine that checks judge. Nothing here throws: what cannot be known is null.</summary>
internal interface IMachine
{
    DateTimeOffset Now { get; }

    /// <summary>Version of the runtime that runs this program.</summary>
    Version Runtime { get; }

    string? Read(string path);

    /// <summary>The first bytes of a file; fewer where it is shorter.</summary>
    byte[]? ReadStart(string path, int bytes);

    bool Exists(string path);

    IReadOnlyList<string> Folders(string path);

    /// <summary>Where a program lies on the search path.</summary>
    string? Find(string program);

    /// <summary>Free bytes for this user where the folder is, or would be made.</summary>
    long? FreeBytes(string folder);

    /// <summary>Makes small synced writes in the folder, or in the nearest one above it that is there, and removes them again.</summary>
    SyncTimes Sync(string folder);

    bool IsFree(int port);

    Holder? HolderOfPort(int port);

    Holder? HolderOfStore(string path);

    /// <summary>What the NVIDIA driver tells of its devices now, or why it tells nothing; within seconds, hung driver or not.</summary>
    /// <param name="library">Path of the driver's library; null: as agents find it.</param>
    DriverLook Devices(string? library);
}
