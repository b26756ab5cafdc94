using System.Collections.Immutable;
using System.Net;
using Lepton.Client.Wire;

namespace Lepton.Client.Tests.Http;

public sealed class HttpLeptonTests
{
    private static HttpLepton Over(ScriptedServer server) =>
        new(new HttpClient(server) { BaseAddress = new Uri("http://127.0.0.1:8080/") }, new ImpatientTime());

    private static LeptonException Problem(string code) => LeptonException.Of(code, "No.", "Wait.");

    [Fact]
    public async Task Writes_the_key_of_a_submit_with_the_region_it_belongs_to()
    {
        var server = new ScriptedServer().ThenVersion("eu-west").ThenAccepted().ThenAccepted();
        var lepton = Over(server);
        await lepton.SubmitAsync("{}", new SubmitOptions());
        await lepton.SubmitAsync("{}", new SubmitOptions());
        Assert.Equal(["/api/v1/version", "/api/v1/tasks", "/api/v1/tasks"], server.Asked.Select(a => a.Path));
        Assert.All(server.Asked.Skip(1), a => Assert.StartsWith("eu-west/", a.Key, StringComparison.Ordinal));
        Assert.NotEqual(server.Asked[1].Key, server.Asked[2].Key);
    }

    [Fact]
    public async Task Repeats_a_submit_with_the_same_key_when_the_connection_breaks()
    {
        var server = new ScriptedServer().ThenVersion().ThenBreak(HttpRequestError.ResponseEnded).ThenAccepted("us-east.01B");
        var accepted = await Over(server).SubmitAsync("{\"a\":1}", new SubmitOptions());
        Assert.Equal("us-east.01B", accepted.Job);
        Assert.Equal(server.Asked[1], server.Asked[2]);
    }

    [Fact]
    public async Task Tells_the_key_when_it_is_unknown_whether_a_submit_was_accepted()
    {
        var server = new ScriptedServer();
        for (var i = 0; i < 4; i++) server.ThenBreak(HttpRequestError.ResponseEnded);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Over(server).SubmitAsync("{}", new SubmitOptions("us-east/k1")));
        Assert.Equal(ProblemCodes.ServerUnreachable, failed.Code);
        Assert.Contains("us-east/k1", failed.Problem.Hint, StringComparison.Ordinal);
        Assert.Contains("unknown whether", failed.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Asked.Count);
    }

    [Fact]
    public async Task Says_at_once_that_nobody_listens()
    {
        var server = new ScriptedServer().ThenBreak(HttpRequestError.ConnectionError);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Over(server).GetVersionAsync());
        Assert.Equal(ProblemCodes.ServerUnreachable, failed.Code);
        Assert.Contains("http://127.0.0.1:8080", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task Comes_again_when_the_server_says_when()
    {
        var server = new ScriptedServer().Then(Problem(ProblemCodes.Busy), 1).Then(Problem(ProblemCodes.RegionUnreachable), 2).ThenVersion();
        Assert.Equal("us-east", (await Over(server).GetVersionAsync()).Region);
    }

    [Theory]
    [InlineData(ProblemCodes.Busy, 60)]
    [InlineData(ProblemCodes.NotFound, 1)]
    [InlineData(ProblemCodes.InvalidSpec, null)]
    public async Task Gives_up_at_once_where_waiting_is_long_or_useless(string code, int? retryAfter)
    {
        var server = new ScriptedServer().Then(Problem(code), retryAfter);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Over(server).GetJobAsync("us-east.01"));
        Assert.Equal((code, "No.", "Wait."), (failed.Code, failed.Message, failed.Problem.Hint));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadGateway, "<html>", "text/html", ProblemCodes.UnexpectedAnswer)]
    [InlineData(HttpStatusCode.NotFound, "nothing", "text/plain", ProblemCodes.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError, """{"error":"x"}""", "application/json", ProblemCodes.UnexpectedAnswer)]
    [InlineData(HttpStatusCode.OK, "<html>", "text/html", ProblemCodes.UnexpectedAnswer)]
    [InlineData(HttpStatusCode.OK, """{"region":7}""", "application/json", ProblemCodes.UnexpectedAnswer)]
    public async Task Says_that_this_is_no_lepton_server(HttpStatusCode status, string body, string type, string code)
    {
        var server = new ScriptedServer().Then(status, body, type);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Over(server).GetVersionAsync());
        Assert.Equal(code, failed.Code);
        Assert.NotNull(failed.Problem.Hint);
    }

    [Fact]
    public async Task Escapes_what_it_puts_into_an_address()
    {
        const string empty = """{"items":[],"total":0,"truncated":false}""";
        var server = new ScriptedServer().Then(HttpStatusCode.OK, empty).Then(HttpStatusCode.Accepted, """{"id":"a","kind":"Task","force":true}""");
        var lepton = Over(server);
        await lepton.ListTasksAsync(new TaskFilter
        {
            States = ["Pending", "Running"],
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", "b&c=d"),
            Cursor = "x+/=",
        });
        await lepton.CancelTaskAsync("us-east.01A/3", new CancelOptions("no more, please", true));
        Assert.Equal("/api/v1/tasks?state=Pending%2CRunning&limit=50&cursor=x%2B%2F%3D&label=a%3Db%26c%3Dd", server.Asked[0].Path);
        Assert.Equal("/api/v1/tasks/us-east.01A/3?reason=no%20more%2C%20please&force=true", server.Asked[1].Path);
    }
}
