using System.Runtime.CompilerServices;
using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>A job held by its id: a value, made anew from the id at any time and in any process.</summary>
public readonly record struct JobHandle(ILepton Lepton, string Id)
{
    public Task<JobDetail> GetAsync(CancellationToken cancel = default) => Lepton.GetJobAsync(Id, cancel);

    public Task<CancelAccepted> CancelAsync(CancelOptions? options = null, CancellationToken cancel = default) =>
        Lepton.CancelJobAsync(Id, options ?? new CancelOptions(), cancel);

    public TaskHandle TaskAt(int index) => new(Lepton, $"{Id}/{index}");

    /// <summary>Waits until the job is over, however it ended.</summary>
    public Task<JobDetail> WaitAsync(TimeProvider? time = null, CancellationToken cancel = default)
    {
        var self = this;
        return Polling.Until(c => self.GetAsync(c), job => TaskStates.IsJobOver(job.State), time ?? TimeProvider.System, cancel);
    }

    /// <summary>All tasks, page after page.</summary>
    public async IAsyncEnumerable<TaskSummary> TasksAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = await Lepton.ListTasksAsync(new TaskFilter { Job = Id, Limit = ListLimits.Longest, Cursor = cursor }, cancel);
            foreach (var task in page.Items) yield return task;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
