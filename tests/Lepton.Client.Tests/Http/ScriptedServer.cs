using System.Net;
using System.Text;
using System.Text.Json;
using Lepton.Client.Wire;

namespace Lepton.Client.Tests.Http;

/// <summary>Answers requests one after another with what the test has prepared, and keeps them.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new();

    public List<(HttpMethod Method, string Path, string? Key, string? Body)> Asked { get; } = [];

    public ScriptedServer Then(HttpStatusCode status, string body, string type = "application/json", int? retryAfter = null)
    {
        _answers.Enqueue(() =>
        {
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) };
            if (retryAfter is { } s) response.Headers.RetryAfter = new(TimeSpan.FromSeconds(s));
            return response;
        });
        return this;
    }

    public ScriptedServer Then(LeptonException problem, int? retryAfter = null) => Then(
        (HttpStatusCode)problem.Problem.Status,
        JsonSerializer.Serialize(problem.Problem, LeptonJson.Default.Problem),
        "application/problem+json",
        retryAfter);

    public ScriptedServer ThenBreak(HttpRequestError error)
    {
        _answers.Enqueue(() => throw new HttpRequestException(error, "the line broke"));
        return this;
    }

    public ScriptedServer ThenVersion(string region = "us-east") =>
        Then(HttpStatusCode.OK, $$"""{"version":"1","api":"v1","region":"{{region}}","runtime":"x"}""");

    public ScriptedServer ThenAccepted(string job = "us-east.01A") =>
        Then(HttpStatusCode.Accepted, $$"""{"job":"{{job}}","name":"n","tasks":1,"replayed":false}""");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var key = request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null;
        Asked.Add((request.Method, request.RequestUri!.PathAndQuery, key, body));
        Assert.True(_answers.Count > 0, $"An answer to {request.Method} {request.RequestUri.PathAndQuery} was not prepared.");
        var response = _answers.Dequeue()();
        response.RequestMessage = request;
        return response;
    }
}
