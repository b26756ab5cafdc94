using System.Text;
using Lepton.Client.Http;
using Lepton.Client.Wire;

namespace Lepton.Client;

public sealed partial class HttpLepton
{
    private string? _serverRegion;

    public async Task<SubmitAccepted> SubmitAsync(string specJson, SubmitOptions options, CancellationToken cancel = default)
    {
        var key = options.IdempotencyKey ?? IdempotencyKey.NewFor(await ServerRegion(cancel));
        try
        {
            return await Read(() => Post("api/v1/tasks", specJson, key), LeptonJson.Default.SubmitAccepted, cancel);
        }
        catch (LeptonException e) when (e.Code is ProblemCodes.ServerUnreachable or ProblemCodes.UnexpectedAnswer or ProblemCodes.UnknownWhetherAccepted)
        {
            throw LeptonException.Of(
                e.Code,
                e.Code == ProblemCodes.ServerUnreachable ? $"{e.Message} It is unknown whether the job was accepted." : e.Message,
                $"Submit again with --idempotency-key {key}: it is accepted once, however often it is sent.",
                e.Problem.Errors,
                e.RetryAfter,
                e);
        }
    }

    public Task<SpecCheck> ValidateAsync(string specJson, CancellationToken cancel = default) =>
        Read(() => Post("api/v1/tasks:validate", specJson, null), LeptonJson.Default.SpecCheck, cancel);

    public Task<SubmitOutlook> DryRunAsync(string specJson, CancellationToken cancel = default) =>
        Read(() => Post("api/v1/tasks?dryRun=true", specJson, null), LeptonJson.Default.SubmitOutlook, cancel);

    public Task<JobDetail> GetJobAsync(string id, CancellationToken cancel = default) =>
        Get($"api/v1/jobs/{Query.Segments(id)}", LeptonJson.Default.JobDetail, cancel);

    public Task<Page<JobSummary>> ListJobsAsync(JobFilter filter, CancellationToken cancel = default)
    {
        var query = new Query("api/v1/jobs")
            .With("name", filter.Name)
            .With("live", filter.LiveOnly)
            .With("id", filter.IdPrefix)
            .With("owner", filter.Owner)
            .With("limit", filter.Limit)
            .With("cursor", filter.Cursor);
        return Get(query.ToString(), LeptonJson.Default.PageJobSummary, cancel);
    }

    public Task<CancelAccepted> CancelJobAsync(string id, CancelOptions options, CancellationToken cancel = default) =>
        Delete($"api/v1/jobs/{Query.Segments(id)}", options, cancel);

    private Task<CancelAccepted> Delete(string path, CancelOptions options, CancellationToken cancel)
    {
        var query = new Query(path).With("reason", options.Reason).With("force", options.Force).ToString();
        return Read(() => new HttpRequestMessage(HttpMethod.Delete, query), LeptonJson.Default.CancelAccepted, cancel);
    }

    private static HttpRequestMessage Post(string path, string json, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add(LeptonHeaders.IdempotencyKey, key);
        return request;
    }

    private async Task<string> ServerRegion(CancellationToken cancel) =>
        _serverRegion ??= (await GetVersionAsync(cancel)).Region;
}
