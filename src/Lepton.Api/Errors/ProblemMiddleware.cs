using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lepton.Api.Errors;

/// <summary>No error of the API leaves without a body that says what is wrong and what to do; none shows a stack trace.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && IsOurs(context, e))
        {
            if (context.RequestAborted.IsCancellationRequested) return;
            await ProblemWriter.Write(context, Translate(context, e));
            return;
        }

        if (IsApi(context) && !context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null or 0, ContentType: null })
        {
            await ProblemWriter.Write(context, OfStatus(context, context.Response.StatusCode));
        }
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api");

    private static bool IsOurs(HttpContext context, Exception e) => e is LeptonException || IsApi(context);

    private LeptonException Translate(HttpContext context, Exception e)
    {
        switch (e)
        {
            case LeptonException known:
                return known;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return BodyReader.TooLarge();
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new LeptonException(new Problem
                {
                    Code = ProblemCodes.BadParameter,
                    Title = "Too slow",
                    Status = StatusCodes.Status408RequestTimeout,
                    Detail = "The body came too slowly: at least 240 bytes a second are expected.",
                    Hint = "Send the body at once; maybe the connection is bad.",
                });
            case BadHttpRequestException bad:
                return LeptonException.Of(ProblemCodes.BadParameter, Plain(bad.Message), "See /openapi/v1.json for the parameters and their types.");
            default:
                var trace = ProblemWriter.TraceIdOf(context);
                log.LogError(e, "{Method} {Path} failed; trace {Trace}", context.Request.Method, context.Request.Path, trace);
                return LeptonException.Of(
                    ProblemCodes.Internal,
                    $"The server failed with {e.GetType().Name}.",
                    $"This is a fault of the server: its log has the details under trace {trace}.");
        }
    }

    /// <summary><c>Failed to bind parameter "Nullable&lt;int&gt; limit" from "x".</c> in words for whoever wrote the address.</summary>
    private static string Plain(string message)
    {
        var parts = message.Split('"');
        if (parts.Length < 4 || !message.StartsWith("Failed to bind parameter ", StringComparison.Ordinal)) return message;
        var asked = parts[1].Split(' ')[^1];
        var what = parts[1].Contains("bool", StringComparison.Ordinal) ? "true or false" : parts[1].Contains("int", StringComparison.Ordinal) || parts[1].Contains("long", StringComparison.Ordinal) ? "a whole number" : "what it takes";
        return $"{asked} '{string.Join('"', parts[3..^1])}' is not {what}.";
    }

    private static LeptonException OfStatus(HttpContext context, int status) => status switch
    {
        404 => LeptonException.Of(
            ProblemCodes.NotFound,
            $"There is no {context.Request.Path}.",
            "See /openapi/v1.json for what there is."),
        405 => LeptonException.Of(
            ProblemCodes.MethodNotAllowed,
            $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.",
            "See /openapi/v1.json."),
        415 => LeptonException.Of(
            ProblemCodes.UnsupportedMediaType,
            $"Content-Type '{context.Request.ContentType}' is not taken here.",
            "Send application/json."),
        _ => new LeptonException(new Problem
        {
            Code = ProblemCodes.BadParameter,
            Title = "Refused",
            Status = status,
            Detail = $"{context.Request.Method} {context.Request.Path} was refused with status {status}.",
            Hint = "See /openapi/v1.json.",
        }),
    };
}
