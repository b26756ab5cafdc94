using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Brings an artifact from another region: compressed where that helps, resumed at the byte where a connection broke, checked against its
/// hash while it comes. Tries are bounded by those in a row that bring nothing: a slow way ends, a dead one is given up.
/// </summary>
public sealed class HttpArtifactFetcher : IDisposable
{
    private const int BufferBytes = 128 << 10;
    private const int LongestPauseFactor = 16;

    private readonly ArtifactOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public HttpArtifactFetcher(ArtifactOptions options, TimeProvider time)
        : this(options, time, NewHandler())
    {
    }

    internal HttpArtifactFetcher(ArtifactOptions options, TimeProvider time, HttpMessageHandler handler)
    {
        _options = options;
        _time = time;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Fills <paramref name="target"/> with the artifact. Returns the regions in which it may be; default: anywhere.</summary>
    /// <exception cref="InvalidDataException">It is not what was asked for, or may not be in the region that asks.</exception>
    internal async Task<ImmutableArray<RegionId>> Download(ArtifactRef artifact, Uri region, RegionId self, HashingWriter target, CancellationToken cancel)
    {
        ImmutableArray<RegionId> within = default;
        var source = new Uri(region, DataRoutes.ArtifactPath(artifact.Sha256));
        var failures = 0;
        while (true)
        {
            var before = target.Length;
            try
            {
                within = await Continue(source, artifact, self, target, cancel);
                break;
            }
            catch (Exception e) when (e is BrokenTransferException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                failures = target.Length > before ? 1 : failures + 1;
                if (failures >= _options.FetchTries)
                {
                    throw new StoreUnavailableException(
                        $"Artifact '{artifact.Name}' does not come from {source}: {target.Length} bytes after {failures} tries without progress. "
                        + $"{e.Message} Maybe region {artifact.Region} is down or cut off; try again later.",
                        false,
                        e);
                }
            }

            await Task.Delay(_options.FetchPause * Math.Min(1 << (failures - 1), LongestPauseFactor), _time, cancel);
        }

        if (target.Hash() is var hash && hash != artifact.Sha256)
        {
            throw new InvalidDataException(
                $"{source} sent {target.Length} bytes with SHA-256 {hash}, expected was {artifact.Sha256}. The copy was removed here. "
                + $"Maybe the file in region {artifact.Region} is damaged: run the task that makes it again.");
        }

        return within;
    }

    private static SocketsHttpHandler NewHandler() => new()
    {
        // What .NET 10 speaks well on both ends: Brotli, gzip. (No zstd in the base library.)
        AutomaticDecompression = DecompressionMethods.Brotli | DecompressionMethods.GZip,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };

    /// <summary>One connection: from where the file ends now to the end, or to where it breaks.</summary>
    private async Task<ImmutableArray<RegionId>> Continue(Uri source, ArtifactRef artifact, RegionId self, HashingWriter target, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, source);
        request.Headers.Add(DataRoutes.RegionHeader, self.Value);
        if (target.Length > 0) request.Headers.Range = new RangeHeaderValue(target.Length, null);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = _time.CreateTimer(_ => stall.Cancel(), null, _options.FetchStall, Timeout.InfiniteTimeSpan);
        using var answer = await Network(() => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token));
        var within = WithinNotes.Of(answer.Headers.TryGetValues(DataRoutes.WithinHeader, out var said) ? string.Join(',', said) : null);
        if (answer.StatusCode == HttpStatusCode.Forbidden || !(within.IsDefault || within.Contains(self))) throw Forbidden(artifact, within, self);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && target.Length == artifact.SizeBytes) return within;      // broke after the last byte
        Check(answer, source, artifact);
        if (target.Length > 0 && !ContinuesAt(answer, target.Length)) target.Restart();

        await using var body = await Network(() => answer.Content.ReadAsStreamAsync(stall.Token));
        var buffer = new byte[BufferBytes];
        while (await Network(() => body.ReadAsync(buffer, stall.Token).AsTask()) is var count and > 0)
        {
            await target.Write(buffer.AsMemory(0, count), cancel);
            timer.Change(_options.FetchStall, Timeout.InfiniteTimeSpan);
        }

        return within;
    }

    private static InvalidDataException Forbidden(ArtifactRef artifact, ImmutableArray<RegionId> within, RegionId self) => new(
        $"Artifact '{artifact.Name}' ({artifact.Sha256}) of region {artifact.Region} may be in {(within.IsDefault ? "other regions" : WithinNotes.Words(within))} only, not in {self}. "
        + "Maybe run the task that reads it in a region of that residency (placement.residency).");

    private static void Check(HttpResponseMessage answer, Uri source, ArtifactRef artifact)
    {
        if (answer.IsSuccessStatusCode) return;
        throw answer.StatusCode switch
        {
            HttpStatusCode.NotFound => new FileNotFoundException(
                $"Artifact '{artifact.Name}' ({artifact.Sha256}) is not in region {artifact.Region}. Maybe its retention is over: run the task that makes it again."),
            >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout =>
                new BrokenTransferException($"The answer was {(int)answer.StatusCode}.", null),
            _ => new InvalidDataException($"{source} answers {(int)answer.StatusCode} {answer.ReasonPhrase}. Maybe the address is not that of a region."),
        };
    }

    private static bool ContinuesAt(HttpResponseMessage answer, long offset) =>
        answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == offset;

    private static async Task<T> Network<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new BrokenTransferException(e.Message, e);      // InvalidDataException: compressed bytes that break off
        }
    }

    /// <summary>The way broke, not the content: worth another try.</summary>
    private sealed class BrokenTransferException(string message, Exception? inner) : Exception(message, inner);
}
