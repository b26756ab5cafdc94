using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Errors;

/// <summary>Writes an error as <c>application/problem+json</c> with the trace id of the request.</summary>
internal static class ProblemWriter
{
    public const string MediaType = "application/problem+json";

    public static Task Write(HttpContext context, LeptonException exception) => Write(context, exception.Problem);

    public static async Task Write(HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (RetryAfterOf(problem) is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = problem with { TraceId = TraceIdOf(context), RetryAfterSeconds = RetryAfterOf(problem) };
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, LeptonJson.Default.Problem), context.RequestAborted);
    }

    public static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Every 429 and 503 says when to come again; 1 s where nobody knows better.</summary>
    private static int? RetryAfterOf(Problem problem) => problem.Status is 429 or 503 ? problem.RetryAfterSeconds ?? 1 : null;
}
