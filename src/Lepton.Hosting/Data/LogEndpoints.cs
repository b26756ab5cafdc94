using System.Globalization;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.AspNetCore.Http;

namespace Lepton.Hosting;

/// <summary>Logs of attempts: extent, chunks, append, complete.</summary>
internal static class LogEndpoints
{
    public static async Task<IResult> Extent(string job, int index, int attempt, ILogStore logs, CancellationToken cancel)
    {
        var id = Parse(job, index, attempt);
        return await logs.Extent(id, cancel) is { } extent
            ? Results.Json(extent, DataJson.Default.LogExtent)
            : Results.Problem($"There is no log of {id}. Maybe it has not begun, or its retention is over.", statusCode: StatusCodes.Status404NotFound);
    }

    public static async Task<IResult> Read(
        string job, int index, int attempt, long? offset, int? limit, HttpContext context, ILogStore logs, CancellationToken cancel)
    {
        var chunk = await logs.Read(Parse(job, index, attempt), offset ?? 0, limit ?? DataRoutes.MaxLogChunk, cancel);
        var headers = context.Response.Headers;
        headers[DataRoutes.OffsetHeader] = chunk.Offset.ToString(CultureInfo.InvariantCulture);
        headers[DataRoutes.FirstHeader] = chunk.Extent.First.ToString(CultureInfo.InvariantCulture);
        headers[DataRoutes.LengthHeader] = chunk.Extent.Length.ToString(CultureInfo.InvariantCulture);
        headers[DataRoutes.CompleteHeader] = chunk.Extent.Complete ? "true" : "false";
        headers.CacheControl = "no-store";
        return Results.Bytes(chunk.Bytes, "application/octet-stream");
    }

    public static async Task<IResult> Append(
        string job, int index, int attempt, long offset, HttpContext context, ILogStore logs, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, cancel)) > 0)
        {
            if (body.Length + count > DataRoutes.MaxLogChunk)
            {
                throw new InvalidDataException($"One append takes {DataRoutes.MaxLogChunk} bytes at most. Maybe send it in pieces.");
            }

            body.Write(buffer, 0, count);
        }

        var length = await logs.Append(Parse(job, index, attempt), offset, body.GetBuffer().AsMemory(0, (int)body.Length), cancel);
        return Results.Json(new LogLength(length), DataJson.Default.LogLength);
    }

    public static async Task<IResult> Complete(string job, int index, int attempt, ILogStore logs, CancellationToken cancel)
    {
        await logs.Complete(Parse(job, index, attempt), cancel);
        return Results.NoContent();
    }

    private static AttemptId Parse(string job, int index, int attempt) => JobId.TryParse(job, out var id)
        ? new AttemptId(new TaskId(id, index), attempt)
        : throw new ArgumentException($"'{job}' is not a job id. Maybe write it as region.key.", nameof(job));
}
