using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Lepton.Model;

namespace Lepton.Contracts;

/// <summary>Logs and artifacts of one region over HTTP: for agents, for the API, and for other regions.</summary>
/// <remarks>
/// DO keep one for each region; it is thread-safe. Errors: <see cref="StoreUnavailableException"/> = try again later (<c>Unknown</c> when no
/// answer came), <see cref="InvalidDataException"/> and <see cref="InvalidOperationException"/> = the same call will never succeed.
/// </remarks>
/// <param name="http">Its base address is ignored; its timeout bounds every call but the reading of an opened artifact.</param>
/// <param name="region">Address of the region, <c>http://127.0.0.1:5001/</c>.</param>
public sealed class RegionDataClient(HttpClient http, Uri region) : ILogStore
{
    private readonly Uri _region = region.AbsoluteUri.EndsWith('/') ? region : new Uri(region.AbsoluteUri + "/");

    public async Task<long> Append(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{DataRoutes.LogPath(attempt)}?offset={offset}");
        using var answer = await Send(HttpMethod.Post, path, new ReadOnlyMemoryContent(bytes), cancel);
        return (await Body(answer, DataJson.Default.LogLength, cancel)).Length;
    }

    public async Task<LogExtent?> Extent(AttemptId attempt, CancellationToken cancel)
    {
        using var answer = await Send(HttpMethod.Get, DataRoutes.LogPath(attempt) + "/extent", null, cancel, allowMissing: true);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await Body(answer, DataJson.Default.LogExtent, cancel);
    }

    public async Task<LogChunk> Read(AttemptId attempt, long offset, int limit, CancellationToken cancel)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{DataRoutes.LogPath(attempt)}?offset={offset}&limit={limit}");
        using var answer = await Send(HttpMethod.Get, path, null, cancel);
        var bytes = await Guarded(_region, () => answer.Content.ReadAsByteArrayAsync(cancel), cancel);
        var extent = new LogExtent(
            Number(answer.Headers, DataRoutes.FirstHeader),
            Number(answer.Headers, DataRoutes.LengthHeader),
            Text(answer.Headers, DataRoutes.CompleteHeader) == "true");
        return new LogChunk(Number(answer.Headers, DataRoutes.OffsetHeader), bytes, extent);
    }

    public async Task Complete(AttemptId attempt, CancellationToken cancel)
    {
        using var answer = await Send(HttpMethod.Post, DataRoutes.LogPath(attempt) + "/complete", null, cancel);
    }

    /// <summary>Whether the region has it.</summary>
    public async Task<bool> HasArtifact(string sha256, CancellationToken cancel)
    {
        using var answer = await Send(HttpMethod.Head, DataRoutes.ArtifactPath(sha256), null, cancel, allowMissing: true);
        return answer.StatusCode != HttpStatusCode.NotFound;
    }

    /// <summary>Stores content that may be anywhere.</summary>
    public Task<StoredArtifact> PutArtifact(string sha256, Stream content, CancellationToken cancel) => PutArtifact(sha256, content, default, cancel);

    /// <summary>Stores content under its hash; what is there already is stored once. Durable when it returns.</summary>
    /// <param name="sha256">Its hash.</param>
    /// <param name="content">All of it.</param>
    /// <param name="within">Regions in which it may be; default: anywhere.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidDataException">The content has another hash, is larger than the region takes, or may not be in this region.</exception>
    public async Task<StoredArtifact> PutArtifact(string sha256, Stream content, ImmutableArray<RegionId> within, CancellationToken cancel)
    {
        var body = new StreamContent(content);
        if (!within.IsDefault) body.Headers.Add(DataRoutes.WithinHeader, string.Join(',', within));
        using var answer = await Send(HttpMethod.Put, DataRoutes.ArtifactPath(sha256), body, cancel);
        return await Body(answer, DataJson.Default.StoredArtifact, cancel);
    }

    /// <summary>Opens an artifact as it comes over the wire; null when the region has none. The reader checks the hash.</summary>
    public Task<Stream?> OpenArtifact(string sha256, CancellationToken cancel) => OpenArtifact(sha256, null, cancel);

    /// <summary>Like the other, and the region asked brings it from region <paramref name="from"/> when it has it not.</summary>
    public async Task<Stream?> OpenArtifact(string sha256, RegionId? from, CancellationToken cancel)
    {
        var path = from is { } elsewhere ? $"{DataRoutes.ArtifactPath(sha256)}?from={Uri.EscapeDataString(elsewhere.Value)}" : DataRoutes.ArtifactPath(sha256);
        var answer = await Send(HttpMethod.Get, path, null, cancel, allowMissing: true);
        if (answer.StatusCode != HttpStatusCode.NotFound) return await answer.Content.ReadAsStreamAsync(cancel);
        answer.Dispose();
        return null;
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, CancellationToken cancel, bool allowMissing = false)
    {
        var target = new Uri(_region, path);
        using var request = new HttpRequestMessage(method, target) { Content = content };
        if (content is not null) content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var answer = await Guarded(target, () => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel), cancel);
        if (answer.IsSuccessStatusCode || (allowMissing && answer.StatusCode == HttpStatusCode.NotFound)) return answer;
        using (answer)
        {
            var said = await Said(answer, cancel);
            throw answer.StatusCode switch
            {
                HttpStatusCode.Conflict => new InvalidOperationException(said),
                >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests => new StoreUnavailableException(
                    $"{target} answers {(int)answer.StatusCode}: {said}", answer.StatusCode != HttpStatusCode.ServiceUnavailable),
                _ => new InvalidDataException($"{target} answers {(int)answer.StatusCode}: {said}"),
            };
        }
    }

    /// <summary>Turns every way a connection can fail into the one error that means "try again later".</summary>
    private static async Task<T> Guarded<T>(Uri target, Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new StoreUnavailableException($"{target} gives no answer: {e.Message} Maybe the region is down or cut off; try again later.", true, e);
        }
    }

    private static async Task<T> Body<T>(HttpResponseMessage answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel) =>
        await Guarded(answer.RequestMessage!.RequestUri!, () => answer.Content.ReadFromJsonAsync(type, cancel), cancel)
        ?? throw new InvalidDataException($"{answer.RequestMessage!.RequestUri} answers with nothing.");

    private static async Task<string> Said(HttpResponseMessage answer, CancellationToken cancel)
    {
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync(DataJson.Default.DataProblem, cancel);
            return problem?.Detail ?? problem?.Title ?? answer.ReasonPhrase ?? "no reason given";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or NotSupportedException or HttpRequestException or IOException)
        {
            return answer.ReasonPhrase ?? "no reason given";
        }
    }

    private static string? Text(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static long Number(HttpResponseHeaders headers, string name) =>
        long.TryParse(Text(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"The answer has no header {name}. Maybe the address is not that of a region.");
}
