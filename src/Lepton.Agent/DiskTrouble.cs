namespace Lepton.Agent;

/// <summary>What the kernel says about a disk, in words for whoever has to do something about it.</summary>
internal static class DiskTrouble
{
    private const int NoPermission = 13, IoError = 5, NoSpace = 28, ReadOnly = 30, OverQuota = 122;

    /// <summary>True where the disk takes nothing more now, and may again later.</summary>
    public static bool IsFull(Exception failure) => failure is IOException { HResult: NoSpace or OverQuota };

    /// <summary>The message of a failure; where the disk is the reason it says so, and what to do.</summary>
    public static string Explained(Exception failure, string folder) => (failure, failure.HResult) switch
    {
        (IOException, NoSpace) => $"The disk of this machine is full ({failure.Message}). Maybe free space below {folder}.",
        (IOException, OverQuota) => $"The quota of this user on the disk is used up ({failure.Message}). Maybe free space below {folder}.",
        (IOException, ReadOnly) => $"The disk of this machine is read-only ({failure.Message}). Maybe it was mounted so after a fault: look at the kernel log.",
        (IOException, IoError) => $"The disk of this machine fails ({failure.Message}). Maybe look at the kernel log.",
        (UnauthorizedAccessException, _) or (IOException, NoPermission) => $"{failure.Message} Maybe give the user of the agent write access to {folder}.",
        _ => failure.Message,
    };
}
