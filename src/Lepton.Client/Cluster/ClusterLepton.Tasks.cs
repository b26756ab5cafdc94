using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client;

public sealed partial class ClusterLepton
{
    public async Task<TaskDetail> GetTaskAsync(string id, CancellationToken cancel = default)
    {
        var (task, job) = await Find(id, cancel);
        return await Read(task, job, cancel);
    }

    public async Task<Page<TaskSummary>> ListTasksAsync(TaskFilter filter, CancellationToken cancel = default)
    {
        if (filter.Job is { } text)
        {
            var job = await _ids.Job(text, cancel);
            return await TasksOf(job.Owner, job, filter, cancel);
        }

        if (filter.Owner is { } owner) return await TasksOf(_ids.RegionNamed(owner, owner), null, filter, cancel);
        var list = new MergedList<TaskSummary>(
            (region, limit, cursor, c) => TasksOf(region, null, filter with { Limit = limit, Cursor = cursor }, c),
            task => task.SubmittedAt);
        return await list.Read(AllRegions, filter.Limit, filter.Cursor, cancel);
    }

    private async Task<Page<TaskSummary>> TasksOf(RegionId owner, JobId? job, TaskFilter filter, CancellationToken cancel)
    {
        if (owner != Self)
        {
            return await AskPeer(owner, (peer, c) => peer.ListTasksAsync(filter with { Job = job?.ToString(), Owner = owner.Value }, c), cancel);
        }

        var query = new TaskQuery
        {
            Job = job,
            Phases = [.. filter.States.Select(s => Enum.Parse<TaskPhase>(s, ignoreCase: true))],
            RunsIn = filter.Region is { } region ? _ids.RegionNamed(region, region) : null,
            Labels = filter.Labels,
            Limit = filter.Limit,
            Cursor = filter.Cursor,
        };
        var page = await Query(q => q.Tasks(query), filter.Cursor);
        if (page.Items.IsEmpty && filter.Cursor is null && job is { } only) _ = await Describe(only, cancel);
        return new Page<TaskSummary>
        {
            Items = [.. page.Items.Select(WireMap.Of)],
            NextCursor = page.NextCursor,
            Total = page.Total,
            Truncated = page.Items.Length < page.Total,
        };
    }

    public async Task<CancelAccepted> CancelTaskAsync(string id, CancelOptions options, CancellationToken cancel = default)
    {
        var (task, job) = await Find(id, cancel);
        var now = await Read(task, job, cancel);
        if (TaskStates.IsOver(now.State) && now.State != nameof(TaskPhase.Cancelled))
        {
            throw LeptonException.Of(ProblemCodes.AlreadyEnded, $"Task {task} is {now.State} since {now.EndedAt:u}.", "There is nothing left to cancel.");
        }

        await _asker.Ask<Ack>(Address.Of(task.Job), new CancelOne(task, options.Reason ?? "cancelled", options.Force), cancel);
        return new CancelAccepted { Id = task.ToString(), Kind = "Task", Force = options.Force };
    }

    public async Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancel = default)
    {
        var (task, job) = await Find(id, cancel);
        if (await _asker.Find<Explained>(Address.Of(task.Owner), new ExplainTask(task), cancel) is { } explained)
        {
            return WireMap.Of(await ByItsHost(explained.Explanation, cancel));
        }

        var now = await Read(task, job, cancel);
        return new TaskExplanation
        {
            Task = now.Id,
            State = now.State,
            Reason = now.Reason ?? (now.State == nameof(TaskPhase.Pending) ? nameof(PendingReason.NotYetEvaluated) : null),
            Evidence = now.Message ?? now.Evidence ?? (now.EndedAt is { } at ? $"ended {at:u}" : $"the region {task.Owner} has not looked at it yet"),
            Next = [],
            Regions = [],
            EvaluatedAt = _time.GetUtcNow(),
        };
    }

    /// <summary>
    /// Why a delegated task has not started is known best by the region that has it; its owner's word stands when that one does not answer.
    /// </summary>
    private async Task<Explanation> ByItsHost(Explanation owners, CancellationToken cancel)
    {
        var task = owners.Task;
        var isJudged = !owners.Regions.IsDefaultOrEmpty;        // it waits in the owner's own queue
        if (isJudged || owners.Phase is not (TaskPhase.Pending or TaskPhase.Leased or TaskPhase.Starting)) return owners;
        var live = await _asker.Try<Overlays>(Address.Of(task.Owner), new AskOverlay([task]), cancel);
        if (live?.Items.FirstOrDefault(o => o.Task == task)?.Region is not { } host || host == task.Owner) return owners;
        if (await _asker.Try<Explained>(Address.Of(host), new ExplainTask(task), cancel) is not { } answer) return owners;
        var hosts = answer.Explanation;
        return hosts.Phase == TaskPhase.Pending && hosts.Reason is null ? owners : hosts with { Evidence = $"in region {host}: {hosts.Evidence}" };
    }

    private async Task<(TaskId Task, JobDescription Job)> Find(string id, CancellationToken cancel)
    {
        var (jobId, index) = await _ids.JobOrTask(id, cancel);
        var job = await Describe(jobId, cancel);
        var count = job.Spec.TaskCount;
        if (index is { } i && i >= count)
        {
            throw LeptonException.Of(ProblemCodes.NotFound, $"Job {jobId} has {count} tasks; there is no task {i}.", $"Indexes are 0 to {count - 1}.");
        }

        if (index is null && count != 1)
        {
            throw LeptonException.Of(
                ProblemCodes.AmbiguousId,
                $"'{id}' is a job of {count} tasks.",
                $"Write the index: {jobId}/0 to {jobId}/{count - 1}; `lepton tasks --job {jobId}` lists them.");
        }

        return (new TaskId(jobId, index ?? 0), job);
    }

    private async Task<TaskDetail> Read(TaskId task, JobDescription job, CancellationToken cancel)
    {
        var record = _asker.Find<TaskDescription>(Address.Of(task), new DescribeTask(task), cancel);
        var live = _asker.Try<Overlays>(Address.Of(task.Owner), new AskOverlay([task]), cancel);
        var overlay = (await live)?.Items.FirstOrDefault(o => o.Task == task);
        return WireMap.Of(task, job, (await record)?.Row, overlay);
    }
}
