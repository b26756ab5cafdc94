using System.Globalization;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>Removes logs that are old, and the oldest beyond the total size. The log of a live task stays.</summary>
internal sealed class LogSweep(FileLogStore logs, IRegionStore store, RetentionOptions options)
{
    /// <summary>How many logs went.</summary>
    public async Task<int> Run(DateTimeOffset now, CancellationToken cancel)
    {
        var all = logs.All().OrderBy(log => log.ChangedAt).ToList();
        var total = all.Sum(log => log.SizeBytes);
        var removed = 0;
        foreach (var (path, size, changedAt) in all)
        {
            if (changedAt >= now - options.Logs && total <= options.MaxLogBytes) break;
            if (await IsLive(path, cancel)) continue;
            FileLogStore.Remove(path);
            total -= size;
            removed++;
        }

        return removed;
    }

    /// <summary>The path ends in job, index, attempt.</summary>
    private async Task<bool> IsLive(string path, CancellationToken cancel)
    {
        var task = Path.GetDirectoryName(path)!;
        if (!JobId.TryParse(Path.GetFileName(Path.GetDirectoryName(task)!), out var job)) return false;
        if (!int.TryParse(Path.GetFileName(task), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;
        foreach (var key in new[] { TaskRow.KeyOf(new TaskId(job, index)), GuestRow.KeyOf(new TaskId(job, index)) })
        {
            if (await store.Read(key, cancel) is { Value.Row.Index.Live: true }) return true;
        }

        return false;
    }
}
