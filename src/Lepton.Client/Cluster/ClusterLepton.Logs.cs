using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client;

public sealed partial class ClusterLepton
{
    /// <summary>What a node may still bring of the log after its attempt was recorded as ended.</summary>
    private static readonly TimeSpan LateLines = TimeSpan.FromSeconds(5);

    public async Task<LogPage> ReadLogAsync(string id, LogRead read, CancellationToken cancel = default)
    {
        var (taskId, job) = await Find(id, cancel);
        if (job.Spec.Residency is { } residency && !residency.Allows(Self))
        {
            throw LeptonException.Of(
                ProblemCodes.ResidencyForbids,
                $"The logs of {taskId} may be in {residency}; this is {Self}, which does not serve them.",
                $"Ask a region that may: {string.Join(", or ", _directory.Regions.Where(r => residency.Allows(r.Region)).Select(r => $"`lepton logs {taskId} --server {r.Http}`"))}.");
        }

        var task = await Read(taskId, job, cancel);
        var number = read.Attempt ?? task.Attempt;
        if (number == 0) return Empty(task, 0, complete: false);
        var record = task.Attempts.FirstOrDefault(a => a.Number == number);
        if (record is null)
        {
            // The newest attempt may be known to the live picture a moment before its row is read.
            if (number == task.Attempt) return Empty(task, number, complete: false);
            throw LeptonException.Of(
                ProblemCodes.NotFound,
                $"Task {taskId} has {task.Attempt} attempts; attempt {number} is not kept.",
                task.Attempts.IsEmpty ? "It has not run yet." : $"Kept are {task.Attempts[0].Number} to {task.Attempts[^1].Number}.");
        }

        var over = record.EndedAt is { } ended && _time.GetUtcNow() - ended > LateLines;
        var region = _directory.Of(_ids.RegionNamed(record.Region, id));
        try
        {
            return await ReadFrom(_logs(region), task, new AttemptId(taskId, number), read, over, cancel);
        }
        catch (StoreUnavailableException e)
        {
            throw LeptonException.Of(
                ProblemCodes.RegionUnreachable,
                $"The log of {taskId} attempt {number} lies in region {region.Region}, which does not give it: {e.Message}",
                "Ask again when the region is back; nothing of the log is lost.",
                retryAfter: TimeSpan.FromSeconds(2),
                inner: e);
        }
    }

    private static async Task<LogPage> ReadFrom(ILogStore logs, TaskDetail task, AttemptId attempt, LogRead read, bool over, CancellationToken cancel)
    {
        if (await logs.Extent(attempt, cancel) is not { } extent) return Empty(task, attempt.Number, over);
        var page = Empty(task, attempt.Number, extent.Complete || over) with { First = extent.First, Length = extent.Length };
        var offset = Math.Clamp(read.Offset, extent.First, extent.Length);
        if (offset == extent.Length) return page with { Offset = offset };
        var chunk = await logs.Read(attempt, offset, read.Limit, cancel);
        return page with { Offset = chunk.Offset, Bytes = chunk.Bytes, First = chunk.Extent.First, Length = chunk.Extent.Length };
    }

    private static LogPage Empty(TaskDetail task, int attempt, bool complete) => new()
    {
        Task = task.Id,
        TaskState = task.State,
        Attempt = attempt,
        NewestAttempt = task.Attempt,
        Offset = 0,
        Bytes = ReadOnlyMemory<byte>.Empty,
        First = 0,
        Length = 0,
        Complete = complete,
    };
}
