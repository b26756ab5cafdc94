using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Removes rows that are over and old, in small writes. Tasks go with their job and never before it: a job's progress is counted from its
/// task rows. A job row goes last, so that a sweep that is cut short finds the rest again.
/// </summary>
internal sealed class RowSweep(IRegionStore store, RetentionOptions options)
{
    private static readonly string[] Ended = [nameof(JobPhase.Succeeded), nameof(JobPhase.Failed), nameof(JobPhase.Cancelled), HeldKeyRow.Phase];

    /// <summary>How many rows went.</summary>
    public async Task<int> Run(DateTimeOffset now, CancellationToken cancel)
    {
        var removed = await PurgeAll("guest/", now - options.Guests, cancel);
        var before = now - options.Jobs;
        string? after = null;
        do
        {
            var page = await store.List(new RowList("job/", Ended, null, false, options.RowsPerBatch, after, before), cancel);
            foreach (var record in page.Records) removed += await RemoveJob(record, before, cancel);
            after = page.Next;
        }
        while (after is not null);

        return removed;
    }

    private async Task<int> RemoveJob(StoredRecord record, DateTimeOffset before, CancellationToken cancel)
    {
        if (record.Value.Row is HeldKeyRow) return await store.Write([new RowWrite(record.Key, record.ETag, null)], cancel) is null ? 0 : 1;
        if (record.Value.Row is not JobRow job || job.Index.Live || !record.Value.Owed.IsDefaultOrEmpty) return 0;
        var prefix = TaskRow.PrefixOf(job.Job);
        var removed = await PurgeAll(prefix, before, cancel);

        // A task that is live or owes keeps its job.
        var left = await store.List(new RowList(prefix, [], null, false, 1, null), cancel);
        if (left.Total > 0) return removed;
        return await store.Write([new RowWrite(record.Key, record.ETag, null)], cancel) is null ? removed : removed + 1;
    }

    private async Task<int> PurgeAll(string prefix, DateTimeOffset before, CancellationToken cancel)
    {
        var removed = 0;
        int batch;
        do
        {
            batch = await store.Purge(prefix, before, options.RowsPerBatch, cancel);
            removed += batch;
        }
        while (batch == options.RowsPerBatch);

        return removed;
    }
}
