using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

public sealed class SubmitTests
{
    private const string Spec = """{"apiVersion":"lepton.dev/v1","kind":"Task","name":"train"}""";

    [Fact]
    public async Task Answers_202_with_the_place_of_the_job()
    {
        await using var server = await ApiServer.Start();
        var (response, body) = await server.Ask(HttpMethod.Post, "/api/v1/tasks", Spec);

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("/api/v1/jobs/us-east.01AAA", response.Headers.Location?.ToString());
        Assert.Contains("\"job\":\"us-east.01AAA\"", body, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(Spec, Assert.Single(server.Lepton.Submits).Body);
    }

    [Fact]
    public async Task A_dry_run_answers_200_with_the_outlook_and_submits_nothing()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Outlook = new SubmitOutlook
        {
            Kind = "Task", Name = "train", Tasks = 1, Queue = "default", Owner = "us-east", Outcome = SubmitOutlook.Never, Groups = [], EvaluatedAt = FakeLepton.Noon,
        };
        var (response, body) = await server.Ask(HttpMethod.Post, "/api/v1/tasks?dryRun=true", Spec);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("\"outcome\":\"Never\"", body, StringComparison.Ordinal);
        Assert.Equal(Spec, Assert.Single(server.Lepton.DryRuns));
        Assert.Empty(server.Lepton.Submits);
        await server.Refused(
            HttpMethod.Post, "/api/v1/tasks?dryRun=true", 400, ProblemCodes.BadParameter, Spec, r => r.Headers.Add("Idempotency-Key", "us-east/1"));
        Assert.Empty(server.Lepton.Submits);
    }

    [Fact]
    public async Task Says_that_a_repeat_is_the_first_answer()
    {
        await using var server = await ApiServer.Start();
        await server.Ask(HttpMethod.Post, "/api/v1/tasks", Spec, r => r.Headers.Add("Idempotency-Key", "us-east/1"));
        var (response, _) = await server.Ask(HttpMethod.Post, "/api/v1/tasks", Spec, r => r.Headers.Add("Idempotency-Key", "us-east/1"));

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("true", response.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.All(server.Lepton.Submits, s => Assert.Equal("us-east/1", s.Options.IdempotencyKey));
    }

    [Fact]
    public async Task Refuses_a_used_key_with_another_body()
    {
        await using var server = await ApiServer.Start();
        await server.Ask(HttpMethod.Post, "/api/v1/tasks", Spec, r => r.Headers.Add("Idempotency-Key", "k"));
        await server.Refused(
            HttpMethod.Post, "/api/v1/tasks", 422, ProblemCodes.IdempotencyKeyReused, """{"other":1}""", r => r.Headers.Add("Idempotency-Key", "k"));
    }

    [Theory]
    [InlineData("us-east/")]
    [InlineData("/k")]
    [InlineData("a b")]
    public async Task Refuses_a_key_it_cannot_read(string key)
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(
            HttpMethod.Post, "/api/v1/tasks", 400, ProblemCodes.BadParameter, Spec, r => r.Headers.Add("Idempotency-Key", key));
        Assert.Contains(key, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.Submits);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{\n  \"kind\": \"Task\",\n  \"name\" \"x\"\n}", 3, 10)]
    [InlineData("{\"a\": 1,}", 1, 9)]
    public async Task Names_line_and_column_of_malformed_json(string body, int line, int column)
    {
        await using var server = await ApiServer.Start();
        foreach (var path in new[] { "/api/v1/tasks", "/api/v1/tasks:validate" })
        {
            var problem = await server.Refused(HttpMethod.Post, path, 400, ProblemCodes.MalformedJson, body);
            var error = Assert.Single(problem.Errors!.Value);
            Assert.Equal((line, column), (error.Line, error.Column));
            Assert.Contains($"line {line}:{column}", problem.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/yaml")]
    [InlineData(null)]
    public async Task Takes_no_body_but_json(string? type)
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(HttpMethod.Post, "/api/v1/tasks", 415, ProblemCodes.UnsupportedMediaType, Spec, r =>
            r.Content!.Headers.ContentType = type is null ? null : new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        if (type is not null) Assert.Contains(type, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.Submits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task States_the_limit_to_a_body_that_is_too_large(bool lengthKnown)
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(
            HttpMethod.Post,
            "/api/v1/tasks",
            413,
            ProblemCodes.TooLarge,
            $"{{\"name\":\"{new string('x', LeptonApi.LargestBodyBytes)}\"}}",
            r => r.Headers.TransferEncodingChunked = !lengthKnown);
        Assert.Contains($"{LeptonApi.LargestBodyBytes} bytes", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passes_on_every_error_of_a_spec_with_its_place()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.FailingBodies["train"] = LeptonException.Of(
            ProblemCodes.InvalidSpec,
            "The spec has 2 errors.",
            errors:
            [
                new ProblemError { Path = "acceleraters", Line = 9, Column = 3, Message = "unknown field", Hint = "did you mean accelerators?" },
                new ProblemError { Path = "name", Line = 2, Column = 1, Message = "too long" },
            ]);
        foreach (var path in new[] { "/api/v1/tasks", "/api/v1/tasks:validate" })
        {
            var problem = await server.Refused(HttpMethod.Post, path, 422, ProblemCodes.InvalidSpec, Spec);
            Assert.Equal(server.Lepton.FailingBodies["train"].Problem.Errors!.Value.AsEnumerable(), problem.Errors!.Value.AsEnumerable());
        }
    }

    [Theory]
    [InlineData(ProblemCodes.NeverFits, 422, false)]
    [InlineData(ProblemCodes.Busy, 429, true)]
    [InlineData(ProblemCodes.LimitReached, 429, true)]
    [InlineData(ProblemCodes.UnknownWhetherAccepted, 503, true)]
    [InlineData(ProblemCodes.RegionUnreachable, 503, true)]
    [InlineData(ProblemCodes.StoreUnavailable, 503, true)]
    public async Task Says_when_to_come_again(string code, int status, bool again)
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Failure = LeptonException.Of(code, "Not now.", retryAfter: again ? TimeSpan.FromSeconds(2.5) : null);
        await server.Refused(HttpMethod.Post, "/api/v1/tasks", status, code, Spec);
        var (response, _) = await server.Ask(HttpMethod.Post, "/api/v1/tasks", Spec);
        Assert.Equal(again ? TimeSpan.FromSeconds(3) : null, response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Validates_without_storing()
    {
        await using var server = await ApiServer.Start();
        var (response, body) = await server.Ask(HttpMethod.Post, "/api/v1/tasks:validate", Spec);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("\"tasks\":1", body, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.Submits);
    }
}
