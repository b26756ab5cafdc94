using System.Text.Json;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

public sealed class OpenApiTests
{
    private static async Task<JsonElement> Document(ApiServer server)
    {
        var (response, body) = await server.Get("/openapi/v1.json");
        Assert.Equal(200, (int)response.StatusCode);
        return JsonDocument.Parse(body).RootElement;
    }

    [Fact]
    public async Task Describes_every_endpoint()
    {
        await using var server = await ApiServer.Start();
        var document = await Document(server);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name} {p.Name}")).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "post /api/v1/tasks", "get /api/v1/tasks", "post /api/v1/tasks:validate", "get /api/v1/tasks/{job}/{index}", "delete /api/v1/tasks/{job}/{index}",
                "get /api/v1/tasks/{job}/{index}/explain", "get /api/v1/tasks/{job}/{index}/logs", "get /api/v1/tasks/{job}/{index}/attempts",
                "get /api/v1/tasks/{id}", "get /api/v1/jobs", "get /api/v1/jobs/{id}", "delete /api/v1/jobs/{id}", "get /api/v1/regions", "get /api/v1/nodes",
                "get /api/v1/version", "get /api/v1/schema/{kind}", "get /healthz", "get /readyz",
            },
            paths);
    }

    [Fact]
    public async Task Types_numbers_as_numbers_and_asks_only_for_what_always_comes()
    {
        await using var server = await ApiServer.Start();
        var schemas = (await Document(server)).GetProperty("components").GetProperty("schemas");
        var task = schemas.GetProperty("TaskSummary");
        Assert.Equal("integer", task.GetProperty("properties").GetProperty("attempt").GetProperty("type").GetString());
        var required = task.GetProperty("required").EnumerateArray().Select(e => e.GetString()).ToHashSet();
        Assert.Contains("id", required);
        Assert.DoesNotContain("node", required);
        Assert.DoesNotContain("exitCode", required);
        Assert.Contains("code", schemas.GetProperty("Problem").GetProperty("required").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task Documents_the_parameters_that_are_taken()
    {
        await using var server = await ApiServer.Start();
        var list = (await Document(server)).GetProperty("paths").GetProperty("/api/v1/tasks").GetProperty("get").GetProperty("parameters");
        Assert.Equal(
            ["cursor", "job", "label", "limit", "owner", "region", "state"],
            list.EnumerateArray().Select(p => p.GetProperty("name").GetString()).Order());
    }
}
