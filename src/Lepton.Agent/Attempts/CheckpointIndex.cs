using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>
/// A checkpoint in the artifact store: all files of the task's checkpoint folder that its manifest names, and the manifest itself, last.
/// The reference that travels with the attempt is <c>region/sha256</c> of this index.
/// The region's retention reads <c>files[].sha256</c> of it, so that the files stay as long as the index.
/// </summary>
internal sealed record CheckpointIndex(long Step, IReadOnlyList<CheckpointFile> Files)
{
    public static string Reference(RegionId region, string sha256) => $"{region}/{sha256}";

    /// <summary>Reads <c>region/sha256</c>, or a bare hash that lies in the region asked.</summary>
    public static (RegionId Region, string Sha256) ParseReference(string reference, RegionId own)
    {
        var slash = reference.LastIndexOf('/');
        return slash < 0 ? (own, reference) : (new RegionId(reference[..slash]), reference[(slash + 1)..]);
    }
}

/// <summary>One file of a checkpoint.</summary>
internal sealed record CheckpointFile(string Name, string Sha256, long SizeBytes);
