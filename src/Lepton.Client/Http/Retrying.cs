using System.Net;
using System.Text.Json;
using Lepton.Client.Wire;

namespace Lepton.Client.Http;

/// <summary>
/// Sends requests that may safely be repeated, and repeats them: after a connection that broke in the middle, and after 429 or 503 with a
/// short Retry-After. A server that is not there is an error at once.
/// </summary>
internal sealed class Retrying(HttpClient http, TimeProvider time)
{
    private const int Tries = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BrokenPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The answer, with a status that means success.</summary>
    /// <exception cref="LeptonException">Refused, unreachable, or not an answer of this API.</exception>
    public async Task<HttpResponseMessage> Send(Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            LeptonException problem;
            try
            {
                using var message = request();
                var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
                if (response.IsSuccessStatusCode) return response;
                using (response) problem = await ProblemOf(response, cancel);
                if (problem.Problem.Status is not (429 or 503) || problem.RetryAfter is not { } wait || wait > LongestWait || attempt >= Tries)
                {
                    throw problem;
                }

                await Task.Delay(wait, time, cancel);
            }
            catch (HttpRequestException e)
            {
                if (attempt >= Tries || e.HttpRequestError is not (HttpRequestError.ResponseEnded or HttpRequestError.Unknown)) throw Unreachable(e);
                await Task.Delay(BrokenPause, time, cancel);
            }
            catch (TaskCanceledException e) when (!cancel.IsCancellationRequested)
            {
                throw LeptonException.Of(
                    ProblemCodes.ServerUnreachable,
                    $"{http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0} s.",
                    "Maybe it is overloaded; ask again, or ask another region with --server.",
                    inner: e);
            }
        }
    }

    public LeptonException Unreachable(Exception e) =>
        LeptonException.Of(
            ProblemCodes.ServerUnreachable,
            $"No server answers at {http.BaseAddress}: {e.GetBaseException().Message}",
            "Maybe it is not running, or it listens elsewhere: set --server or LEPTON_SERVER.",
            inner: e);

    private static async Task<LeptonException> ProblemOf(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                var problem = await JsonSerializer.DeserializeAsync(body, LeptonJson.Default.Problem, cancel);
                if (problem is not null) return new LeptonException(problem with { RetryAfterSeconds = RetryAfterOf(response) ?? problem.RetryAfterSeconds });
            }
            catch (JsonException)
            {
                // Somebody else's error body: told below by its status.
            }
        }

        return LeptonException.Of(
            response.StatusCode == HttpStatusCode.NotFound ? ProblemCodes.NotFound : ProblemCodes.UnexpectedAnswer,
            $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase} without a Lepton error body.",
            "Maybe this is no Lepton server: check --server or LEPTON_SERVER.");
    }

    private static int? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } delta ? (int)Math.Ceiling(delta.TotalSeconds) : null;
}
