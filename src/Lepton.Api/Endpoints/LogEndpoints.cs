using System.Globalization;
using Lepton.Api.Errors;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Api.Endpoints;

/// <summary>Logs as plain text: what there is, the last lines of it, one page by offset, or everything until the task is over.</summary>
internal static class LogEndpoints
{
    private static readonly string[] Parameters = ["attempt", "offset", "limit", "tail", "follow"];

    public static void Map(IEndpointRouteBuilder api)
    {
        Describe(api.MapGet(
            "/tasks/{job}/{index:int}/logs",
            (string job, int index, int? attempt, long? offset, int? limit, int? tail, bool? follow, HttpContext http, ILepton l, CancellationToken c) =>
                Write(Answers.Id(job, index), new Wish(attempt, offset, limit, tail, follow ?? false), http, l, c))).WithName("ReadLog");
        Describe(api.MapGet(
            "/tasks/{id}/logs",
            (string id, int? attempt, long? offset, int? limit, int? tail, bool? follow, HttpContext http, ILepton l, CancellationToken c) =>
                Write(Answers.Id(id), new Wish(attempt, offset, limit, tail, follow ?? false), http, l, c))).WithName("ReadLogById");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint) => endpoint
        .WithTags("tasks")
        .WithSummary("A task's log, also after its node is gone")
        .WithDescription(
            "Without attempt: the newest. With limit: one page from offset, its place in the Lepton-Log-* headers. " +
            "With follow: goes on until the attempt, or without attempt the task, is over.")
        .Takes(Parameters)
        .Produces<string>(StatusCodes.Status200OK, "text/plain")
        .Fails(404, 409);

    private sealed record Wish(int? Attempt, long? Offset, int? Limit, int? Tail, bool Follow);

    private static async Task Write(string id, Wish wish, HttpContext http, ILepton lepton, CancellationToken cancel)
    {
        Check(wish);
        var start = new LogRead(wish.Attempt, wish.Offset ?? 0, wish.Limit ?? LogRead.DefaultLimit);
        if (wish.Tail is { } lines) start = await lepton.LastLines(id, start, lines, cancel);

        if (wish.Follow)
        {
            var time = http.RequestServices.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
            await foreach (var page in lepton.Follow(id, start, time, cancel)) await Send(http.Response, page, cancel);
            return;
        }

        LogPage read;
        do
        {
            read = await lepton.ReadLogAsync(id, start, cancel);
            await Send(http.Response, read, cancel);
            start = start with { Attempt = read.Attempt == 0 ? null : read.Attempt, Offset = read.Next };
        }
        while (wish.Limit is null && read.Bytes.Length > 0 && read.Next < read.Length);
    }

    /// <summary>The headers tell of the first page; each page leaves at once, an empty one too, so that a follower sees the answer begin.</summary>
    private static async Task Send(HttpResponse response, LogPage page, CancellationToken cancel)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/plain; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers[LeptonHeaders.LogTask] = page.Task;
            response.Headers[LeptonHeaders.LogTaskState] = page.TaskState;
            response.Headers[LeptonHeaders.LogAttempt] = Text(page.Attempt);
            response.Headers[LeptonHeaders.LogNewestAttempt] = Text(page.NewestAttempt);
            response.Headers[LeptonHeaders.LogOffset] = Text(page.Offset);
            response.Headers[LeptonHeaders.LogFirst] = Text(page.First);
            response.Headers[LeptonHeaders.LogLength] = Text(page.Length);
            response.Headers[LeptonHeaders.LogComplete] = page.Complete ? "true" : "false";
        }

        await response.Body.WriteAsync(page.Bytes, cancel);
        await response.Body.FlushAsync(cancel);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Check(Wish wish)
    {
        if (wish.Attempt < 1) throw Bad("attempt", wish.Attempt.Value, "1 or more");
        if (wish.Offset < 0) throw Bad("offset", wish.Offset.Value, "0 or more");
        if (wish.Tail < 0) throw Bad("tail", wish.Tail.Value, "0 or more");
        if (wish.Limit is < 1 or > LogRead.LongestLimit) throw Bad("limit", wish.Limit.Value, $"1 to {LogRead.LongestLimit}");
        if (wish is { Tail: not null, Offset: not null })
        {
            throw LeptonException.Of(ProblemCodes.BadParameter, "tail and offset both say where to begin.", "Give one of them.");
        }

        if (wish is { Follow: true, Limit: not null })
        {
            throw LeptonException.Of(ProblemCodes.BadParameter, "limit ends a read and follow never ends it.", "Give one of them.");
        }
    }

    private static LeptonException Bad(string name, long value, string allowed) =>
        LeptonException.Of(ProblemCodes.BadParameter, $"{name} is {value}; allowed is {allowed}.");
}
