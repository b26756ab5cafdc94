using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lepton.Client.Http;
using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>Lepton over its REST API. Reads, cancels and keyed submits are repeated when a connection breaks; they change nothing twice.</summary>
/// <param name="http">Its base address is the server's root. Belongs to the caller.</param>
public sealed partial class HttpLepton(HttpClient http, TimeProvider? time = null) : ILepton
{
    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly Retrying _wire = new(http, time ?? TimeProvider.System);

    /// <summary>An HTTP client for a server: a loopback address is never asked through a proxy.</summary>
    public static HttpClient NewHttpClient(Uri server, TimeSpan? timeout = null) =>
        new(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            UseProxy = !server.IsLoopback,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            BaseAddress = server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/"),
            Timeout = timeout ?? DefaultTimeout,
        };

    private Task<T> Get<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Read(() => new HttpRequestMessage(HttpMethod.Get, path), type, cancel);

    private async Task<T> Read<T>(Func<HttpRequestMessage> request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var response = await _wire.Send(request, cancel);
        return await Body(response, type, cancel);
    }

    private async Task<T> Body<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return await JsonSerializer.DeserializeAsync(body, type, cancel) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException e)
        {
            throw LeptonException.Of(
                ProblemCodes.UnexpectedAnswer,
                $"{response.RequestMessage?.RequestUri} answered with a body this client does not understand: {e.Message}",
                "Maybe another program answers at this address, or client and server are of different versions: compare `lepton version`.",
                inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _wire.Unreachable(e);
        }
    }
}
