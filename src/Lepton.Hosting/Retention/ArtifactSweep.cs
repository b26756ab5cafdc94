using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Removes artifacts unused for long that no kept row names; beyond the total size also the oldest of the others. Copies that were fetched
/// from other regions are fetched again when they are wanted.
/// </summary>
internal sealed class ArtifactSweep(FileArtifactStore artifacts, IRegionStore store, RetentionOptions options)
{
    /// <summary>How many artifacts went.</summary>
    public async Task<int> Run(DateTimeOffset now, CancellationToken cancel)
    {
        var all = artifacts.All().OrderBy(a => a.UsedAt).ToList();
        var total = all.Sum(a => a.SizeBytes);
        var oldest = all.Count > 0 ? all[0].UsedAt : now;
        if (total <= options.MaxArtifactBytes && oldest >= now - options.Artifacts) return 0;

        // Only now: reading all rows is the dear part.
        var named = await Named(cancel);
        var removed = 0;
        foreach (var (hash, size, usedAt) in all.OrderBy(a => named.Contains(a.Sha256)).ThenBy(a => a.UsedAt))
        {
            var isOld = usedAt < now - options.Artifacts && !named.Contains(hash);
            var isTooMuch = total > options.MaxArtifactBytes && usedAt < now - options.FreshArtifacts;
            if (!isOld && !isTooMuch) continue;
            if (!artifacts.Remove(hash, usedAt)) continue;       // used since it was looked at
            total -= size;
            removed++;
        }

        return removed;
    }

    private async Task<HashSet<string>> Named(CancellationToken cancel)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var record in store.Scan(new RowScan("task/", false), cancel))
        {
            if (record.Value.Row is not TaskRow task) continue;
            foreach (var attempt in task.Attempts) Add(attempt.End);
            foreach (var upstream in task.Run?.Upstream ?? []) named.UnionWith(upstream.Artifacts.Select(a => a.Sha256));
        }

        await foreach (var record in store.Scan(new RowScan("guest/", false), cancel))
        {
            if (record.Value.Row is not GuestRow guest) continue;
            Add(guest.End);
            foreach (var upstream in guest.Run?.Upstream ?? []) named.UnionWith(upstream.Artifacts.Select(a => a.Sha256));
        }

        return named;

        void Add(AttemptEnd? end)
        {
            if (end is { Artifacts.IsDefaultOrEmpty: false }) named.UnionWith(end.Artifacts.Select(a => a.Sha256));
        }
    }
}
