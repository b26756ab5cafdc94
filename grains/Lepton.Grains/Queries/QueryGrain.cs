using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Lepton.Grains.Queries;

/// <summary>Pages of jobs and tasks from the store, with the region's live picture laid over; wakes no job or task grain.</summary>
[StatelessWorker]
public sealed class QueryGrain(IRegionStore store, RegionSettings settings) : Grain, IQueryGrain
{
    private const int LongestPage = 500;

    /// <summary>Beside jobs, keys that are held for jobs of other regions lie under this prefix: they are no jobs and in no list.</summary>
    private static readonly string[] Phases = Enum.GetNames<JobPhase>();

    public async Task<JobPage> Jobs(JobQuery query)
    {
        var page = await store.List(
            new RowList($"job/{query.IdPrefix}", Phases, query.Name, query.LiveOnly, Limit(query.Limit), query.Cursor),
            CancellationToken.None);
        return new JobPage([.. page.Records.Select(r => Item((JobRow)r.Value.Row))], page.Next, page.Total);
    }

    public async Task<TaskPage> Tasks(TaskQuery query)
    {
        var reader = new TaskPageReader(query with { Limit = Limit(query.Limit) }, store, settings.Region, Overlays);
        if (query.Job is { } only)
        {
            if ((await store.Read(JobRow.KeyOf(only), CancellationToken.None))?.Value.Row is JobRow job) reader.Meet(job);
        }
        else
        {
            // In the order of keys, which nothing changes: a job that ends meanwhile is neither missed nor met twice.
            await foreach (var record in store.Scan(new RowScan("job/", false), CancellationToken.None))
            {
                if (record.Value.Row is JobRow met) reader.Meet(met);
            }
        }

        return await reader.Read();
    }

    private static int Limit(int asked) => Math.Clamp(asked, 1, LongestPage);

    private static JobItem Item(JobRow row) =>
        new(row.Job, row.Spec.Name, row.Phase, row.Spec.TaskCount, row.SubmittedAt, row.EndedAt, row.Spec.Priority);

    private async Task<Reply> Overlays(ImmutableArray<TaskId> tasks)
    {
        try
        {
            return await GrainFactory.GetGrain<IRegionGrain>(settings.Region.Value).Ask(new AskOverlay(tasks));
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            return new Unanswered(error.Message);
        }
    }
}
