using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lepton.Client.Wire;
using Lepton.Fakes;
using Lepton.Tests.Shared;

namespace Lepton.Api.Tests.Errors;

/// <summary>Bad requests to the API on a real server: each is refused with a whole error body, nothing comes through, and the page says what was printed.</summary>
public sealed class BadRequestsPageTests
{
    private const string Json = "application/json";

    [Fact]
    public async Task The_page_says_what_bad_requests_are_told()
    {
        await using var server = await ApiServer.Start();
        var rows = new List<string>();
        foreach (var (what, make) in Requests())
        {
            using var request = make();
            var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            var status = (int)response.StatusCode;
            Assert.InRange(status, 400, 499);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), LeptonJson.Default.Problem)!;
            Assert.Equal(status, problem.Status);
            Assert.NotNull(problem.Hint);
            Assert.DoesNotContain("Nullable", problem.Detail, StringComparison.Ordinal);
            var said = $"{problem.Detail} {problem.Hint}".Replace(server.Address.Port.ToString(CultureInfo.InvariantCulture), "8080", StringComparison.Ordinal);
            // What is known grows with the server: it is not what this page is about.
            said = Regex.Replace(said, "Known are: [A-Za-z, ]+", "Known are: ...");
            rows.Add(DocSection.Row(what, status.ToString(CultureInfo.InvariantCulture), DocSection.Code(said)));
        }

        Assert.Empty(server.Lepton.Submits);
        DocSection.IsTrue("infra/docs/bad-days.md", "http", ["| the request | status | what it says |", "|---|--:|---|", .. rows]);
    }

    private static IEnumerable<(string What, Func<HttpRequestMessage> Make)> Requests()
    {
        yield return ("a body of 1 MiB and a byte", () => Post(new string('x', LeptonApi.LargestBodyBytes + 1)));
        yield return ("the same without a length", () => Post(new string('x', LeptonApi.LargestBodyBytes + 1), chunked: true));
        yield return ("a body of YAML", () => Post("kind: Task", "application/yaml"));
        yield return ("a body of a form", () => Post("a=b", "application/x-www-form-urlencoded"));
        yield return ("JSON in UTF-16", () => Post("{}", "application/json; charset=utf-16"));
        yield return ("an empty body", () => Post(""));
        yield return ("JSON that is cut off", () => Post("{\"kind\": \"Task"));
        yield return ("JSON with a comma too many", () => Post("{\"kind\": \"Task\",}"));
        yield return ("JSON with NaN", () => Post("{\"priority\": NaN}"));
        yield return ("a key of 300 characters", () => Post("{}", and: r => r.Headers.Add("Idempotency-Key", new string('k', 300))));
        yield return ("a key with a blank", () => Post("{}", and: r => r.Headers.Add("Idempotency-Key", "a b")));
        yield return ("two keys", () => Post("{}", and: r => r.Headers.Add("Idempotency-Key", ["a", "b"])));
        yield return ("another host's name", () => Get("version", r => r.Headers.Host = "evil.example"));
        yield return ("a page of another site", () => Get("version", r => r.Headers.Add("Origin", "http://evil.example")));
        yield return ("a parameter that is not known", () => Get("tasks?lmit=3"));
        yield return ("a limit of 0", () => Get("tasks?limit=0"));
        yield return ("a limit beyond all numbers", () => Get("tasks?limit=99999999999999"));
        yield return ("two limits", () => Get("tasks?limit=3&limit=4"));
        yield return ("a flag that is none", () => Get("jobs?live=maybe"));
        yield return ("a state that is none", () => Get("tasks?state=asleep"));
        yield return ("a label without a value", () => Get("tasks?label=x"));
        yield return ("a method that is not taken", () => new HttpRequestMessage(HttpMethod.Put, "api/v1/tasks") { Content = new StringContent("{}", Encoding.UTF8, Json) });
        yield return ("an address that is none", () => Get("tusks"));
    }

    private static HttpRequestMessage Get(string path, Action<HttpRequestMessage>? and = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/{path}");
        and?.Invoke(request);
        return request;
    }

    private static HttpRequestMessage Post(string body, string type = Json, bool chunked = false, Action<HttpRequestMessage>? and = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/tasks") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (chunked) request.Headers.TransferEncodingChunked = true;
        and?.Invoke(request);
        return request;
    }
}
