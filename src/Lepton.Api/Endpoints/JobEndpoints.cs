using Lepton.Api.Errors;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Api.Endpoints;

/// <summary>Jobs: list, one, cancel.</summary>
internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs", List)
            .WithName("ListJobs").WithTags("jobs").WithSummary("Jobs, newest first, paged")
            .Takes("name", "live", "id", "owner", "limit", "cursor")
            .Produces<Page<JobSummary>>().Fails();
        api.MapGet("/jobs/{id}", async (string id, ILepton l, CancellationToken c) =>
                Results.Json(await l.GetJobAsync(Answers.Id(id), c), LeptonJson.Default.JobDetail))
            .WithName("GetJob").WithTags("jobs").WithSummary("One job with its progress and its spec").Takes()
            .Produces<JobDetail>().Fails(404, 409);
        api.MapDelete("/jobs/{id}", Cancel)
            .WithName("CancelJob").WithTags("jobs").WithSummary("Ask all tasks of the job to end; answers once the wish is durable")
            .Takes("reason", "force")
            .Produces<CancelAccepted>(StatusCodes.Status202Accepted).Fails(404, 409, 415);
    }

    private static async Task<IResult> List(
        ILepton lepton,
        CancellationToken cancel,
        string? name = null,
        bool? live = null,
        string? id = null,
        string? owner = null,
        int? limit = null,
        string? cursor = null)
    {
        var filter = new JobFilter
        {
            Name = name,
            LiveOnly = live ?? false,
            IdPrefix = id,
            Owner = owner,
            Limit = Paging.Limit(limit),
            Cursor = cursor,
        };
        return Results.Json(await lepton.ListJobsAsync(filter, cancel), LeptonJson.Default.PageJobSummary);
    }

    private static async Task<IResult> Cancel(string id, string? reason, bool? force, ILepton lepton, CancellationToken cancel)
    {
        var accepted = await lepton.CancelJobAsync(Answers.Id(id), new CancelOptions(reason, force ?? false), cancel);
        return Results.Json(accepted, LeptonJson.Default.CancelAccepted, statusCode: StatusCodes.Status202Accepted);
    }
}
