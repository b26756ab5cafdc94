using System.Text;
using System.Text.Json;
using Lepton.Api;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lepton.Fakes;

/// <summary>The real API on Kestrel, on a free loopback port, over a <see cref="FakeLepton"/>.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiServer(WebApplication app, FakeLepton lepton)
    {
        _app = app;
        Lepton = lepton;
        Address = new Uri(app.Urls.First());
        Http = HttpLepton.NewHttpClient(Address);
        Client = new HttpLepton(Http);
    }

    public FakeLepton Lepton { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public HttpLepton Client { get; }

    public static async Task<ApiServer> Start(string urls = "http://127.0.0.1:0")
    {
        var lepton = new FakeLepton();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        builder.Services.AddSingleton<ILepton>(lepton);
        builder.Services.AddLeptonApi();
        var app = builder.Build();
        app.MapLeptonApi();
        await app.StartAsync();
        return new ApiServer(app, lepton);
    }

    public async Task<(HttpResponseMessage Response, string Body)> Ask(HttpMethod method, string path, string? json = null, Action<HttpRequestMessage>? and = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        and?.Invoke(request);
        var response = await Http.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }

    public Task<(HttpResponseMessage Response, string Body)> Get(string path) => Ask(HttpMethod.Get, path);

    /// <summary>Sends, and checks that what comes is a whole error body of that status and code.</summary>
    public async Task<Problem> Refused(HttpMethod method, string path, int status, string code, string? json = null, Action<HttpRequestMessage>? and = null)
    {
        var (response, body) = await Ask(method, path, json, and);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize(body, LeptonJson.Default.Problem)!;
        Assert.Equal(code, problem.Code);
        Assert.Equal(status, problem.Status);
        Assert.False(string.IsNullOrEmpty(problem.TraceId));
        Assert.NotEqual("", problem.Detail);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
