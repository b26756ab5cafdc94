using System.Text;
using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

/// <summary>What the API answers with, its description names: every operation of the document is asked in every way that fails.</summary>
public sealed class StatusesTests : IAsyncLifetime
{
    private ApiServer _server = null!;
    private List<(HttpMethod Method, string Path, HashSet<int> Described)> _operations = [];

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.Start();
        var (_, body) = await _server.Get("/openapi/v1.json");
        _operations =
        [
            .. from path in JsonDocument.Parse(body).RootElement.GetProperty("paths").EnumerateObject()
               from method in path.Value.EnumerateObject()
               select (HttpMethod.Parse(method.Name), path.Name, Described(method.Value)),
        ];
        Assert.True(_operations.Count > 20);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(ProblemCodes.Busy, 429)]
    [InlineData(ProblemCodes.LimitReached, 429)]
    [InlineData(ProblemCodes.Internal, 500)]
    [InlineData(ProblemCodes.RegionUnreachable, 503)]
    [InlineData(ProblemCodes.StoreUnavailable, 503)]
    [InlineData(ProblemCodes.UnknownWhetherAccepted, 503)]
    public async Task What_a_region_may_refuse_is_described_everywhere(string code, int status)
    {
        _server.Lepton.Failure = LeptonException.Of(code, "The test has said so.");
        foreach (var operation in Api()) await Answers(operation, status, Fill(operation.Path));
    }

    [Theory]
    [InlineData(ProblemCodes.NotFound, 404)]
    [InlineData(ProblemCodes.AmbiguousId, 400)]
    [InlineData(ProblemCodes.Conflict, 409)]
    [InlineData(ProblemCodes.ResidencyForbids, 403)]
    public async Task What_an_id_may_be_refused_with_is_described_where_there_is_one(string code, int status)
    {
        _server.Lepton.Failure = LeptonException.Of(code, "The test has said so.");
        foreach (var operation in Api().Where(o => o.Path.Contains("{id}", StringComparison.Ordinal) || o.Path.Contains("{job}", StringComparison.Ordinal)))
            await Answers(operation, status, Fill(operation.Path));
    }

    [Theory]
    [InlineData(ProblemCodes.InvalidSpec, 422)]
    [InlineData(ProblemCodes.NeverFits, 422)]
    [InlineData(ProblemCodes.IdempotencyKeyReused, 422)]
    [InlineData(ProblemCodes.TooLarge, 413)]
    public async Task What_a_spec_may_be_refused_with_is_described_where_one_is_taken(string code, int status)
    {
        _server.Lepton.Failure = LeptonException.Of(code, "The test has said so.");
        foreach (var operation in Specs())
        {
            await Answers(operation, status, operation.Path);
            // Kestrel ends a body that comes too slowly: a process of its own is asked that way end to end.
            Assert.Contains(408, operation.Described);
        }
    }

    [Fact]
    public async Task A_fault_of_the_server_is_described_everywhere()
    {
        _server.Lepton.Failure = new InvalidOperationException("the test has broken it");
        foreach (var operation in Api()) await Answers(operation, 500, Fill(operation.Path));
    }

    [Fact]
    public async Task Unknown_parameters_foreign_hosts_and_foreign_bodies_are_described_everywhere()
    {
        foreach (var operation in Api())
        {
            await Answers(operation, 400, Fill(operation.Path) + "?nobody=knows");
            if (operation.Method == HttpMethod.Get) continue;
            using var text = Request(operation.Method, Fill(operation.Path));
            text.Content = new StringContent("a: b", Encoding.UTF8, "application/yaml");
            await Answers(operation, 415, text);
        }

        foreach (var operation in _operations)
        {
            using var foreign = Request(operation.Method, Fill(operation.Path));
            foreign.Headers.Host = "evil.example";
            await Answers(operation, 403, foreign);
        }
    }

    [Fact]
    public async Task Nothing_is_described_that_no_code_has()
    {
        int[] known = [200, 202, 400, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503];
        foreach (var operation in _operations) Assert.Empty(operation.Described.Except(known));
        Assert.All(Specs(), o => Assert.Superset(new HashSet<int> { 400, 403, 408, 413, 415, 422, 429, 500, 503 }, o.Described));
        _server.Lepton.Failure = LeptonException.Of(ProblemCodes.StoreUnavailable, "The test has said so.");
        await Answers(_operations.Single(o => o.Path == "/readyz"), 503, "/readyz");
    }

    private static HashSet<int> Described(JsonElement operation) =>
        [.. operation.GetProperty("responses").EnumerateObject().Select(r => int.Parse(r.Name, System.Globalization.CultureInfo.InvariantCulture))];

    private IEnumerable<(HttpMethod Method, string Path, HashSet<int> Described)> Api() =>
        _operations.Where(o => o.Path.StartsWith("/api/", StringComparison.Ordinal));

    private List<(HttpMethod Method, string Path, HashSet<int> Described)> Specs()
    {
        var specs = _operations.Where(o => o.Path is "/api/v1/tasks" or "/api/v1/tasks:validate" && o.Method == HttpMethod.Post).ToList();
        Assert.Equal(2, specs.Count);
        return specs;
    }

    private static string Fill(string path) => path
        .Replace("{index}", "0", StringComparison.Ordinal)
        .Replace("{region}", "us-east", StringComparison.Ordinal)
        .Replace("{name}", "n01", StringComparison.Ordinal)
        .Replace("{kind}", "Job", StringComparison.Ordinal)
        .Replace("{job}", "us-east.01AAA", StringComparison.Ordinal)
        .Replace("{id}", "us-east.01AAA", StringComparison.Ordinal);

    private static HttpRequestMessage Request(HttpMethod method, string path) => new(method, path)
    {
        Content = method == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null,
    };

    private async Task Answers((HttpMethod Method, string Path, HashSet<int> Described) operation, int status, string path)
    {
        using var request = Request(operation.Method, path);
        await Answers(operation, status, request);
    }

    private async Task Answers((HttpMethod Method, string Path, HashSet<int> Described) operation, int status, HttpRequestMessage request)
    {
        using var response = await _server.Http.SendAsync(request);
        Assert.True((int)response.StatusCode == status, $"{operation.Method} {request.RequestUri} answered {(int)response.StatusCode}, not {status}.");
        Assert.True(operation.Described.Contains(status), $"{operation.Method} {operation.Path} answers {status}, which its description does not name.");
    }
}
