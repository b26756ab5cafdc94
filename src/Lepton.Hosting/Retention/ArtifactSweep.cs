using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Removes artifacts unused for long that no kept row names; beyond the total size also the oldest of those that only rows of ended jobs
/// name. What live work names stays, whatever the size. Copies that were fetched from other regions are fetched again when they are wanted.
/// </summary>
internal sealed class ArtifactSweep(FileArtifactStore artifacts, IRegionStore store, RetentionOptions options)
{
    /// <summary>How many artifacts went; and the size of what live work names, when that alone is beyond the limit.</summary>
    public async Task<(int Removed, long? HeldBytes)> Run(DateTimeOffset now, CancellationToken cancel)
    {
        var all = artifacts.All().OrderBy(a => a.UsedAt).ToList();
        var total = all.Sum(a => a.SizeBytes);
        var oldest = all.Count > 0 ? all[0].UsedAt : now;
        if (total <= options.MaxArtifactBytes && oldest >= now - options.Artifacts) return (0, null);

        // Only now: reading all rows is the dear part.
        var named = await NamedArtifacts.Read(store, artifacts, cancel);
        var removed = 0;
        long held = 0;
        foreach (var (hash, size, usedAt) in all.OrderBy(a => named.StandingOf(a.Sha256)).ThenBy(a => a.UsedAt))
        {
            var standing = named.StandingOf(hash);
            if (standing == ArtifactStanding.Live)
            {
                held += size;
                continue;
            }

            var isOld = usedAt < now - options.Artifacts && standing == ArtifactStanding.Unnamed;
            var isTooMuch = total > options.MaxArtifactBytes && usedAt < now - options.FreshArtifacts;
            if (!isOld && !isTooMuch) continue;
            if (!artifacts.Remove(hash, usedAt)) continue;       // used since it was looked at
            total -= size;
            removed++;
        }

        return (removed, held > options.MaxArtifactBytes ? held : null);
    }
}
