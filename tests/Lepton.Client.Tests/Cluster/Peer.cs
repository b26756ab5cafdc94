using Lepton.Client.Wire;
using Lepton.Contracts;

namespace Lepton.Client.Tests.Cluster;

/// <summary>Another region's API, for its lists.</summary>
internal sealed class Peer(params JobItem[] jobs) : ILepton
{
    public bool Down { get; set; }

    public int PageSize { get; init; } = 500;

    public JobFilter? LastJobs { get; private set; }

    public TaskFilter? LastTasks { get; private set; }

    public Task<Page<JobSummary>> ListJobsAsync(JobFilter filter, CancellationToken cancel = default)
    {
        LastJobs = filter;
        if (Down) throw LeptonException.Of(ProblemCodes.ServerUnreachable, "no answer");
        var found = jobs.Where(j => j.Job.ToString().StartsWith(filter.IdPrefix ?? "", StringComparison.Ordinal)).Select(Lepton.Client.Cluster.WireMap.Of).ToList();
        var skip = int.Parse(filter.Cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var page = found.Skip(skip).Take(Math.Min(filter.Limit, PageSize)).ToList();
        var next = skip + page.Count < found.Count ? $"{skip + page.Count}" : null;
        return Task.FromResult(new Page<JobSummary> { Items = [.. page], NextCursor = next, Total = found.Count, Truncated = next is not null });
    }

    public Task<Page<TaskSummary>> ListTasksAsync(TaskFilter filter, CancellationToken cancel = default)
    {
        LastTasks = filter;
        return Task.FromResult(new Page<TaskSummary> { Items = [], Total = 42, Truncated = true });
    }

    public Task<SubmitOutlook> DryRunAsync(string specJson, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<SubmitAccepted> SubmitAsync(string specJson, SubmitOptions options, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<SpecCheck> ValidateAsync(string specJson, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<JobDetail> GetJobAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<CancelAccepted> CancelJobAsync(string id, CancelOptions options, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<TaskDetail> GetTaskAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<CancelAccepted> CancelTaskAsync(string id, CancelOptions options, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<LogPage> ReadLogAsync(string id, LogRead read, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<Page<RegionDetail>> ListRegionsAsync(CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<RegionDetail> GetRegionAsync(string region, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<Page<NodeDetail>> ListNodesAsync(NodeFilter filter, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<NodeHeld> HoldNodeAsync(string id, NodeAction action, string? reason = null, CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancel = default) => throw new NotSupportedException();

    public Task<string> GetSchemaAsync(string kind, CancellationToken cancel = default) => throw new NotSupportedException();
}
