using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Endpoints;

/// <summary>What endpoints declare of their errors.</summary>
internal static class Answers
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>The errors an endpoint may answer with, beside 403 and 503 which all may.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in (ReadOnlySpan<int>)[.. statuses, StatusCodes.Status403Forbidden, StatusCodes.Status503ServiceUnavailable])
        {
            endpoint.Produces<Problem>(status, ProblemJson);
        }

        return endpoint;
    }

    /// <summary>An id out of the path; a client that escaped the slash between job and index means the same.</summary>
    public static string Id(string job, int? index = null)
    {
        var id = job.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(job) : job;
        return index is { } i ? $"{id}/{i}" : id;
    }
}
