using System.Net;
using Lepton.Api.Guarding;
using Lepton.Client.Wire;
using Lepton.Fakes;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Tests.Guarding;

public sealed class LoopbackGuardTests
{
    [Theory]
    [InlineData("evil.example:{port}")]
    [InlineData("localhost.evil.example:{port}")]
    [InlineData("127.0.0.1:1")]
    [InlineData("localhost")]
    [InlineData("0.0.0.0:{port}")]
    public async Task Refuses_a_foreign_host(string host)
    {
        await using var server = await ApiServer.Start();
        host = host.Replace("{port}", $"{server.Address.Port}", StringComparison.Ordinal);
        foreach (var path in new[] { "/api/v1/version", "/openapi/v1.json", "/healthz" })
        {
            await server.Refused(HttpMethod.Get, path, 403, ProblemCodes.ForbiddenHost, and: r => r.Headers.Host = host);
        }
    }

    [Theory]
    [InlineData("localhost:{port}")]
    [InlineData("LOCALHOST:{port}")]
    [InlineData("127.0.0.1:{port}")]
    [InlineData("[::1]:{port}")]
    public async Task Takes_its_own_names(string host)
    {
        await using var server = await ApiServer.Start();
        host = host.Replace("{port}", $"{server.Address.Port}", StringComparison.Ordinal);
        var (response, _) = await server.Ask(HttpMethod.Get, "/api/v1/version", and: r => r.Headers.Host = host);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:3000")]
    [InlineData("https://127.0.0.1:{port}")]
    [InlineData("http://127.0.0.1:{port}.evil.example")]
    public async Task Refuses_pages_of_another_origin(string origin)
    {
        await using var server = await ApiServer.Start();
        origin = origin.Replace("{port}", $"{server.Address.Port}", StringComparison.Ordinal);
        await server.Refused(HttpMethod.Get, "/api/v1/tasks", 403, ProblemCodes.ForbiddenOrigin, and: r => r.Headers.Add("Origin", origin));
        await server.Refused(HttpMethod.Post, "/api/v1/tasks", 403, ProblemCodes.ForbiddenOrigin, "{}", r => r.Headers.Add("Origin", origin));
        Assert.Empty(server.Lepton.Submits);
    }

    [Fact]
    public async Task Takes_its_own_pages()
    {
        await using var server = await ApiServer.Start();
        var (response, _) = await server.Ask(HttpMethod.Post, "/api/v1/tasks", "{}", r =>
        {
            r.Headers.Add("Origin", $"http://127.0.0.1:{server.Address.Port}");
            r.Headers.Add("Sec-Fetch-Site", "same-origin");
        });
        Assert.Equal(202, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "cross-site", false)]
    [InlineData("POST", "cross-site", false)]
    [InlineData("POST", "same-site", false)]
    [InlineData("GET", "same-site", true)]
    [InlineData("GET", "none", true)]
    [InlineData("POST", "same-origin", true)]
    public async Task Judges_who_made_a_browser_ask(string method, string site, bool allowed)
    {
        await using var server = await ApiServer.Start();
        var (response, _) = await server.Ask(
            new HttpMethod(method), "/api/v1/tasks", method == "POST" ? "{}" : null, r => r.Headers.Add("Sec-Fetch-Site", site));
        Assert.Equal(allowed, response.IsSuccessStatusCode);
        if (!allowed) Assert.Equal(403, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/v1/tasks")]
    [InlineData("POST", "/api/v1/tasks:validate")]
    [InlineData("DELETE", "/api/v1/tasks/us-east.01AAA/0")]
    [InlineData("DELETE", "/api/v1/jobs/us-east.01AAA")]
    [InlineData("PUT", "/api/v1/anything")]
    public async Task Takes_no_write_that_a_form_could_send(string method, string path)
    {
        await using var server = await ApiServer.Start();
        foreach (var type in new[] { "text/plain", "multipart/form-data", "application/x-www-form-urlencoded" })
        {
            await server.Refused(new HttpMethod(method), path, 415, ProblemCodes.UnsupportedMediaType, "{}", r =>
                r.Content!.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        }

        Assert.Empty(server.Lepton.Submits);
        Assert.Empty(server.Lepton.Cancels);
    }

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.9", false)]
    [InlineData("127.0.0.1", "10.0.0.9", false)]
    [InlineData("10.0.0.5", "127.0.0.1", false)]
    [InlineData(null, null, false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    public async Task Serves_its_own_machine_only(string? local, string? remote, bool allowed)
    {
        var passed = false;
        var guard = new LoopbackGuard(_ =>
        {
            passed = true;
            return Task.CompletedTask;
        });
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = local is null ? null : IPAddress.Parse(local);
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Connection.LocalPort = 8080;
        context.Request.Method = "GET";
        context.Request.Host = new HostString("127.0.0.1:8080");
        await guard.InvokeAsync(context);
        Assert.Equal(allowed, passed);
        if (!allowed) Assert.Equal(403, context.Response.StatusCode);
    }

    [Fact]
    public async Task Does_not_start_on_an_address_that_others_can_reach()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiServer.Start("http://0.0.0.0:0"));
        Assert.Contains("no authentication", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("http://[::]:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://10.1.2.3:8080", false)]
    [InlineData("http://box.example:8080", false)]
    public void Knows_a_loopback_address(string address, bool loopback) => Assert.Equal(loopback, LoopbackAddresses.IsLoopback(address));
}
