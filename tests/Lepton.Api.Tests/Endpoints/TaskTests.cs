using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

public sealed class TaskTests
{
    private const string Id = "us-east.01AAA/0";

    private static async Task<ApiServer> WithTask(string state = "Running", int attempt = 1)
    {
        var server = await ApiServer.Start();
        server.Lepton.Tasks.Add(FakeLepton.ATask(Id, state, attempt));
        return server;
    }

    [Theory]
    [InlineData("/api/v1/tasks/us-east.01AAA/0")]
    [InlineData("/api/v1/tasks/us-east.01AAA%2F0")]
    [InlineData("/api/v1/tasks/us-east.01AAA")]
    public async Task Finds_a_task_by_every_way_to_write_its_id(string path)
    {
        await using var server = await WithTask();
        var (response, body) = await server.Get(path);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Id, JsonDocument.Parse(body).RootElement.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/attempts")]
    [InlineData("/explain")]
    [InlineData("/logs")]
    public async Task Says_that_there_is_no_such_task(string what)
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(HttpMethod.Get, $"/api/v1/tasks/us-east.01B/7{what}", 404, ProblemCodes.NotFound);
        Assert.Contains("us-east.01B/7", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_the_candidates_of_an_ambiguous_id()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Failure = LeptonException.Of(
            ProblemCodes.AmbiguousId, "'01' could be 2 jobs.", errors: [new ProblemError { Message = "us-east.01AAA" }, new ProblemError { Message = "us-east.01BBB" }]);
        var problem = await server.Refused(HttpMethod.Get, "/api/v1/tasks/01", 400, ProblemCodes.AmbiguousId);
        Assert.Equal(2, problem.Errors!.Value.Length);
    }

    [Fact]
    public async Task Leaves_out_what_is_not_known()
    {
        await using var server = await WithTask("Pending", 0);
        var (_, body) = await server.Get($"/api/v1/tasks/{Id}");
        Assert.DoesNotContain("null", body, StringComparison.Ordinal);
        Assert.DoesNotContain("startedAt", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hands_every_filter_of_a_list_on()
    {
        await using var server = await WithTask();
        await server.Get("/api/v1/tasks?job=us-east.01A&state=pending,RUNNING&region=eu-west&label=team=nlp&label=a=b%3Dc&owner=eu-west&limit=7&cursor=0");
        var filter = server.Lepton.LastTaskFilter!;
        Assert.Equal(("us-east.01A", "eu-west", "eu-west", 7, "0"), (filter.Job, filter.Region, filter.Owner, filter.Limit, filter.Cursor));
        Assert.Equal(["Pending", "Running"], filter.States);
        Assert.Equal(("nlp", "b=c"), (filter.Labels["team"], filter.Labels["a"]));
    }

    [Fact]
    public async Task States_total_truncation_and_the_next_page()
    {
        await using var server = await ApiServer.Start();
        for (var i = 0; i < 5; i++) server.Lepton.Tasks.Add(FakeLepton.ATask($"us-east.01AAA/{i}"));
        var first = await server.Client.ListTasksAsync(new TaskFilter { Limit = 3 });
        Assert.Equal((3, 5L, true), (first.Items.Length, first.Total, first.Truncated));
        var second = await server.Client.ListTasksAsync(new TaskFilter { Limit = 3, Cursor = first.NextCursor });
        Assert.Equal(["us-east.01AAA/3", "us-east.01AAA/4"], second.Items.Select(t => t.Id));
        Assert.Null(second.NextCursor);
    }

    [Theory]
    [InlineData("state=sleeping", "sleeping")]
    [InlineData("limit=0", "0")]
    [InlineData("limit=501", "501")]
    [InlineData("limit=many", "limit")]
    [InlineData("label=team", "team")]
    [InlineData("sort=-age", "sort")]
    [InlineData("status=Running", "status")]
    public async Task Refuses_a_parameter_it_cannot_use(string query, string named)
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(HttpMethod.Get, $"/api/v1/tasks?{query}", 400, ProblemCodes.BadParameter);
        Assert.Contains(named, problem.Detail, StringComparison.Ordinal);
        Assert.Null(server.Lepton.LastTaskFilter);
    }

    [Fact]
    public async Task Cancels_and_hands_reason_and_force_on()
    {
        await using var server = await WithTask();
        var (response, body) = await server.Ask(HttpMethod.Delete, $"/api/v1/tasks/{Id}?reason=too%20slow&force=true");
        Assert.Equal(202, (int)response.StatusCode);
        Assert.Contains(Id, body, StringComparison.Ordinal);
        Assert.Equal((Id, new CancelOptions("too slow", true)), Assert.Single(server.Lepton.Cancels));
    }

    [Fact]
    public async Task Says_that_what_is_to_be_cancelled_has_ended()
    {
        await using var server = await WithTask("Succeeded");
        await server.Refused(HttpMethod.Delete, $"/api/v1/tasks/{Id}", 409, ProblemCodes.AlreadyEnded);
    }

    [Fact]
    public async Task Lists_attempts_and_says_when_old_ones_are_gone()
    {
        await using var server = await WithTask(attempt: 2);
        var (_, body) = await server.Get($"/api/v1/tasks/{Id}/attempts");
        var page = JsonSerializer.Deserialize(body, LeptonJson.Default.PageTaskAttempt)!;
        Assert.Equal([1, 2], page.Items.Select(a => a.Number));
        Assert.False(page.Truncated);

        server.Lepton.Tasks[0] = server.Lepton.Tasks[0] with { Attempt = 30 };
        (_, body) = await server.Get("/api/v1/tasks/us-east.01AAA/attempts");
        page = JsonSerializer.Deserialize(body, LeptonJson.Default.PageTaskAttempt)!;
        Assert.Equal((true, 30L), (page.Truncated, page.Total));
    }

    [Fact]
    public async Task Explains_why_a_task_waits()
    {
        await using var server = await WithTask("Pending", 0);
        var said = new TaskExplanation
        {
            Task = Id,
            State = "Pending",
            Reason = "InsufficientCapacity",
            Evidence = "asks 8 cpus, free 3",
            Next = ["ask for 3 cpus"],
            Regions =
            [
                new RegionOpinion
                {
                    Region = "us-east",
                    Reason = "InsufficientCapacity",
                    Evidence = "free 3",
                    Nodes = 4,
                    Fitting = 0,
                    TurnedDown = [new TurnedDown { Filter = "EnoughCpu", Nodes = 4, Detail = "<8 cpus" }],
                    PictureAgeSeconds = 0.5,
                },
            ],
            QueuePosition = 3,
            EvaluatedAt = FakeLepton.Noon,
        };
        server.Lepton.Explanations[Id] = said;
        var got = await server.Client.ExplainAsync(Id);
        Assert.Equal(JsonSerializer.Serialize(said, LeptonJson.Default.TaskExplanation), JsonSerializer.Serialize(got, LeptonJson.Default.TaskExplanation));
    }
}
