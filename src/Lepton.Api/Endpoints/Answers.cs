using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Endpoints;

/// <summary>What endpoints declare of their errors.</summary>
internal static class Answers
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>An unknown parameter, a foreign host, a region that is busy, a fault of the server, a region or store that is away: each endpoint may meet these.</summary>
    private static readonly int[] s_everywhere =
    [
        StatusCodes.Status400BadRequest,
        StatusCodes.Status403Forbidden,
        StatusCodes.Status429TooManyRequests,
        StatusCodes.Status500InternalServerError,
        StatusCodes.Status503ServiceUnavailable,
    ];

    /// <summary>The errors an endpoint may answer with, beside those that all may.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses.Union(s_everywhere).Order()) endpoint.Produces<Problem>(status, ProblemJson);
        return endpoint;
    }

    /// <summary>An id out of the path; a client that escaped the slash between job and index means the same.</summary>
    public static string Id(string job, int? index = null)
    {
        var id = job.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(job) : job;
        return index is { } i ? $"{id}/{i}" : id;
    }
}
