using System.IO.Compression;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Lepton.Hosting;

/// <summary>
/// Artifacts by hash. A whole artifact is sent compressed when the caller takes Brotli or gzip and the content gives way; a range, which is
/// how a broken transfer goes on, is always sent as it is.
/// </summary>
internal static class ArtifactEndpoints
{
    /// <summary>Content is worth compressing when its first bytes shrink to this part or less.</summary>
    private const double WorthwhileRatio = 0.9;

    private const int SampleBytes = 64 << 10;

    /// <param name="from">Region to bring it from when it is not here; null = only what is here.</param>
    public static async Task<IResult> Get(string sha256, string? from, HttpContext context, IArtifactStore artifacts, CancellationToken cancel)
    {
        var content = await artifacts.Open(sha256, cancel) ?? (from is null ? null : await FetchFrom(from, sha256, artifacts, cancel));
        if (content is null) return Missing(sha256);
        if (artifacts.Within(sha256) is { IsDefault: false } within)
        {
            context.Response.Headers[DataRoutes.WithinHeader] = WithinNotes.Header(within);
            if (context.Request.Headers[DataRoutes.RegionHeader].FirstOrDefault() is { } asking && !within.Any(region => region.Value == asking))
            {
                await content.DisposeAsync();
                return Results.Problem(
                    $"Artifact {sha256} may be in {WithinNotes.Words(within)} only, not in {asking}. Maybe read it in a region of that residency.", statusCode: StatusCodes.Status403Forbidden);
            }
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (HttpMethods.IsGet(context.Request.Method)
            && context.Request.Headers.Range.Count == 0
            && Accepted(context.Request) is { } encoding
            && await IsWorthwhile(content, cancel))
        {
            return new CompressedResult(content, encoding);
        }

        return Results.Stream(content, "application/octet-stream", entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true);
    }

    public static async Task<IResult> Put(string sha256, HttpContext context, IArtifactStore artifacts, CancellationToken cancel)
    {
        // The store has the limit that counts.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var within = WithinNotes.Of(context.Request.Headers[DataRoutes.WithinHeader].FirstOrDefault());
        var (hash, size) = await artifacts.Put(context.Request.Body, sha256, within, cancel);
        return Results.Json(new StoredArtifact(hash, size), DataJson.Default.StoredArtifact);
    }

    private static async Task<Stream?> FetchFrom(string from, string sha256, IArtifactStore artifacts, CancellationToken cancel)
    {
        try
        {
            return await artifacts.Fetch(new ArtifactRef(sha256, new RegionId(from), sha256, 0), cancel);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (KeyNotFoundException unknown)
        {
            throw new InvalidDataException(unknown.Message, unknown);
        }
    }

    private static IResult Missing(string sha256) => Results.Problem(
        $"Artifact {sha256} is not here. Maybe its retention is over.", statusCode: StatusCodes.Status404NotFound);

    private static string? Accepted(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return accepted.Any(a => a.Value == "br" && a.Quality != 0) ? "br" : accepted.Any(a => a.Value == "gzip" && a.Quality != 0) ? "gzip" : null;
    }

    private static async Task<bool> IsWorthwhile(Stream content, CancellationToken cancel)
    {
        var sample = new byte[SampleBytes];
        var count = await content.ReadAtLeastAsync(sample, SampleBytes, throwOnEndOfStream: false, cancel);
        content.Position = 0;
        if (count < 1024) return false;
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(count)];
        return BrotliEncoder.TryCompress(sample.AsSpan(0, count), packed, out var size, quality: 1, window: 18) && size <= count * WorthwhileRatio;
    }

    /// <summary>A stream packed on its way out; its length is not known before.</summary>
    private sealed class CompressedResult(Stream content, string encoding) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "application/octet-stream";
            response.Headers.ContentEncoding = encoding;
            await using (content)
            await using (Stream packed = encoding == "br"
                ? new BrotliStream(response.Body, CompressionLevel.Fastest, leaveOpen: true)
                : new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true))
            {
                await content.CopyToAsync(packed, httpContext.RequestAborted);
            }
        }
    }
}
