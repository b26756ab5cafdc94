using Lepton.Linux;

namespace Lepton.Cli.Doctor;

/// <summary>How long small synced writes take in a folder; or why none could be made.</summary>
internal sealed record SyncTimes(TimeSpan Median, TimeSpan Worst, string? Error = null);

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

    bool Loads(string library);
}
