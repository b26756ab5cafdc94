using System.Net;
using Lepton.Api.Errors;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Guarding;

/// <summary>
/// A server without authentication serves this machine only, and no web page that happens to be open on it: no other network address, no
/// foreign Host (a name that an attacker's DNS points at 127.0.0.1), no foreign Origin, no cross-site fetch, and no write that a page could
/// send as a plain form.
/// </summary>
internal sealed class LoopbackGuard(RequestDelegate next)
{
    private static readonly string[] Hosts = ["localhost", "127.0.0.1", "[::1]"];

    public Task InvokeAsync(HttpContext context) =>
        Refusal(context) is { } refusal ? ProblemWriter.Write(context, refusal) : next(context);

    private static LeptonException? Refusal(HttpContext context)
    {
        var request = context.Request;
        var connection = context.Connection;
        if (!IsLoopback(connection.LocalIpAddress) || !IsLoopback(connection.RemoteIpAddress))
        {
            return LeptonException.Of(
                ProblemCodes.NotLoopback,
                $"This server has no authentication and serves its own machine only; {connection.RemoteIpAddress} came in on {connection.LocalIpAddress}.",
                "Ask from the machine itself (127.0.0.1), for example through an SSH tunnel.");
        }

        if (!IsOwnHost(request.Host, connection.LocalPort))
        {
            return LeptonException.Of(
                ProblemCodes.ForbiddenHost,
                $"Host '{request.Host}' is not this server.",
                $"Use http://127.0.0.1:{connection.LocalPort} or http://localhost:{connection.LocalPort}.");
        }

        if (request.Headers.Origin.Any(o => !IsOwnOrigin(o, connection.LocalPort)))
        {
            return LeptonException.Of(
                ProblemCodes.ForbiddenOrigin,
                $"Pages of '{request.Headers.Origin}' may not use this server.",
                "Open the server's own pages, or call it from a program.");
        }

        if (request.Headers["Sec-Fetch-Site"].Any(site => site == "cross-site" || (site == "same-site" && !IsRead(request))))
        {
            return LeptonException.Of(
                ProblemCodes.ForbiddenOrigin,
                "The request was made by another site's page (Sec-Fetch-Site).",
                $"Type http://127.0.0.1:{connection.LocalPort} into the address bar, or call the server from a program.");
        }

        return request.Path.StartsWithSegments("/api") && !IsRead(request) && !IsJsonOrEmptyDelete(request)
            ? LeptonException.Of(
                ProblemCodes.UnsupportedMediaType,
                request.ContentType is null ? $"{request.Method} came without a Content-Type." : $"Content-Type '{request.ContentType}' is not taken here.",
                "Send application/json.")
            : null;
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static bool IsOwnHost(HostString host, int port) =>
        host.HasValue && Hosts.Contains(host.Host, StringComparer.OrdinalIgnoreCase) && (host.Port ?? 80) == port;

    private static bool IsOwnOrigin(string? origin, int port) =>
        origin is not null && Hosts.Any(h => string.Equals(origin, OriginOf(h, port), StringComparison.OrdinalIgnoreCase));

    private static string OriginOf(string host, int port) => port == 80 ? $"http://{host}" : $"http://{host}:{port}";

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool IsJsonOrEmptyDelete(HttpRequest request)
    {
        var empty = request.ContentLength is null or 0 && request.ContentType is null && !request.Headers.ContainsKey("Transfer-Encoding");
        return (HttpMethods.IsDelete(request.Method) && empty) || request.HasJsonContentType();
    }
}
