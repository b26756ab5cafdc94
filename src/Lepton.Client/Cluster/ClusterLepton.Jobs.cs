using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Specs;

namespace Lepton.Client;

public sealed partial class ClusterLepton
{
    public async Task<SubmitAccepted> SubmitAsync(string specJson, SubmitOptions options, CancellationToken cancel = default)
    {
        var (spec, _) = _intake.Read(specJson);
        var owner = await OwnerOf(spec, options.IdempotencyKey, cancel);
        var message = _intake.MessageFor(spec, options.IdempotencyKey, owner);
        if (await NeverStarts(spec, owner, cancel) is { } refusal && !await IsKnown(message.Job, cancel)) throw refusal;
        try
        {
            var accepted = await _asker.Ask<JobAccepted>(Address.Of(message.Job), message, cancel);
            return new SubmitAccepted { Job = accepted.Job.ToString(), Name = spec.Name, Tasks = accepted.Tasks, Replayed = accepted.Replayed, Residency = spec.Residency?.ToString() };
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.RegionUnreachable)
        {
            throw LeptonException.Of(
                ProblemCodes.UnknownWhetherAccepted,
                $"It is unknown whether job {message.Job} was accepted: {e.Message}",
                options.IdempotencyKey is { } key
                    ? $"Submit again with the same Idempotency-Key {key}: it is accepted once, however often it is sent."
                    : $"Look for {message.Job}; and send an Idempotency-Key, so that a repeat is harmless.",
                retryAfter: e.RetryAfter,
                inner: e);
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.Conflict)
        {
            throw LeptonException.Of(ProblemCodes.IdempotencyKeyReused, e.Message, e.Problem.Hint ?? "Use a new key for another spec.", inner: e);
        }
    }

    public Task<SpecCheck> ValidateAsync(string specJson, CancellationToken cancel = default)
    {
        var (spec, yaml) = _intake.Read(specJson);
        return Task.FromResult(JobIntake.Check(spec, yaml));
    }

    public async Task<JobDetail> GetJobAsync(string id, CancellationToken cancel = default) =>
        WireMap.Of(await Describe(await _ids.Job(id, cancel), cancel));

    /// <summary>The region that is named, or all: what is submitted anywhere is seen from everywhere.</summary>
    public Task<Page<JobSummary>> ListJobsAsync(JobFilter filter, CancellationToken cancel = default)
    {
        if (filter.Owner is { } owner) return JobsOf(_ids.RegionNamed(owner, owner), filter, cancel);
        var list = new MergedList<JobSummary>(
            (region, limit, cursor, c) => JobsOf(region, filter with { Limit = limit, Cursor = cursor }, c),
            job => job.EndedAt ?? job.SubmittedAt);
        return list.Read(AllRegions, filter.Limit, filter.Cursor, cancel);
    }

    private async Task<Page<JobSummary>> JobsOf(RegionId owner, JobFilter filter, CancellationToken cancel)
    {
        if (owner != Self) return await AskPeer(owner, (peer, c) => peer.ListJobsAsync(filter with { Owner = owner.Value }, c), cancel);
        var query = new JobQuery
        {
            Name = filter.Name,
            LiveOnly = filter.LiveOnly,
            IdPrefix = filter.IdPrefix,
            Limit = filter.Limit,
            Cursor = filter.Cursor,
        };
        var page = await Query(q => q.Jobs(query), filter.Cursor);
        return new Page<JobSummary>
        {
            Items = [.. page.Items.Select(WireMap.Of)],
            NextCursor = page.NextCursor,
            Total = page.Total,
            Truncated = page.Items.Length < page.Total,
        };
    }

    public async Task<CancelAccepted> CancelJobAsync(string id, CancelOptions options, CancellationToken cancel = default)
    {
        var job = await Describe(await _ids.Job(id, cancel), cancel);
        if (job.Phase is JobPhase.Succeeded or JobPhase.Failed)
        {
            throw LeptonException.Of(ProblemCodes.AlreadyEnded, $"Job {job.Job} is {job.Phase} since {job.EndedAt:u}.", "There is nothing left to cancel.");
        }

        await _asker.Ask<Ack>(Address.Of(job.Job), new CancelJob(job.Job, options.Reason ?? "cancelled", options.Force), cancel);
        return new CancelAccepted { Id = job.Job.ToString(), Kind = "Job", Force = options.Force };
    }

    public Task<string> GetSchemaAsync(string kind, CancellationToken cancel = default) =>
        Task.FromResult(SpecSchema.For(kind) ?? throw LeptonException.Of(
            ProblemCodes.NotFound, $"There is no kind '{kind}'.", $"Known are: {string.Join(", ", SpecSchema.Kinds)}."));

    /// <summary>A recent picture is enough to let a job in; before it is refused, the regions are asked in whose nodes and queues it would wait.</summary>
    private async Task<LeptonException?> NeverStarts(JobSpec spec, RegionId owner, CancellationToken cancel)
    {
        if (PlainlyFits.Of(spec, owner, await _fleet.OfLately(cancel))) return null;
        try
        {
            return NeverFits.Of(await AskOutlooks(spec, owner, cancel));
        }
        catch (LeptonException)
        {
            return null;        // nobody can say: whether it is accepted is for its owner
        }
    }

    /// <summary>A repeat gets its first answer, whatever the fleet looks like now.</summary>
    private async Task<bool> IsKnown(JobId job, CancellationToken cancel) =>
        await _asker.Try<JobDescription>(Address.Of(job), new DescribeJob(job), cancel) is not null;

    private Task<JobDescription> Describe(JobId job, CancellationToken cancel) =>
        _asker.Ask<JobDescription>(Address.Of(job), new DescribeJob(job), cancel);
}
