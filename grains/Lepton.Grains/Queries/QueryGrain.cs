using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Orleans;
using Orleans.Concurrency;

namespace Lepton.Grains.Queries;

/// <summary>Pages of jobs and tasks from the store, with the region's live picture laid over; wakes no job or task grain.</summary>
[StatelessWorker]
public sealed class QueryGrain(IRegionStore store, RegionSettings settings) : Grain, IQueryGrain
{
    private const int LongestPage = 500;
    private const int JobsAtATime = 100;

    public async Task<JobPage> Jobs(JobQuery query)
    {
        var page = await store.List(
            new RowList($"job/{query.IdPrefix}", [], query.Name, query.LiveOnly, Limit(query.Limit), query.Cursor),
            CancellationToken.None);
        return new JobPage([.. page.Records.Select(r => Item((JobRow)r.Value.Row))], page.Next, page.Total);
    }

    public async Task<TaskPage> Tasks(TaskQuery query)
    {
        var reader = new TaskPageReader(query with { Limit = Limit(query.Limit) }, store, Overlays);
        if (query.Job is { } only)
        {
            var record = await store.Read(JobRow.KeyOf(only), CancellationToken.None);
            if (record is not null) await reader.Take((JobRow)record.Value.Row);
            return reader.Page();
        }

        string? cursor = null;
        do
        {
            var jobs = await store.List(new RowList("job/", [], null, false, JobsAtATime, cursor), CancellationToken.None);
            foreach (var record in jobs.Records) await reader.Take((JobRow)record.Value.Row);
            cursor = jobs.Next;
        }
        while (cursor is not null);
        return reader.Page();
    }

    private static int Limit(int asked) => Math.Clamp(asked, 1, LongestPage);

    private static JobItem Item(JobRow row) =>
        new(row.Job, row.Spec.Name, row.Phase, row.Spec.TaskCount, row.SubmittedAt, row.EndedAt, row.Spec.Priority);

    private async Task<ImmutableArray<Overlay>> Overlays(ImmutableArray<TaskId> tasks) =>
        await GrainFactory.GetGrain<IRegionGrain>(settings.Region.Value).Ask(new AskOverlay(tasks)) is Overlays overlays ? overlays.Items : [];
}
