using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("taks")]
    [InlineData("submit")]
    [InlineData("submit", "a", "b")]
    [InlineData("tasks", "--stat", "x")]
    [InlineData("tasks", "--limit", "0")]
    [InlineData("tasks", "--limit", "501")]
    [InlineData("tasks", "--limit", "many")]
    [InlineData("tasks", "--state", "sleeping")]
    [InlineData("tasks", "-l", "team")]
    [InlineData("tasks", "-o", "xml")]
    [InlineData("tasks", "--timeout", "soon")]
    [InlineData("tasks", "--timeout", "0s")]
    [InlineData("tasks", "--server", "here")]
    [InlineData("tasks", "--server", "ftp://x")]
    [InlineData("logs", "01A", "--attempt", "0")]
    [InlineData("logs", "01A", "--tail", "-1")]
    [InlineData("logs", "01A", "-o", "json")]
    [InlineData("status", "--watch")]
    [InlineData("get")]
    [InlineData("get", "node", "x")]
    [InlineData("cancel")]
    [InlineData("explain")]
    [InlineData("submit", "nowhere.yaml")]
    [InlineData("simulate")]
    [InlineData("simulate", "faults", "--seeds", "5..1")]
    [InlineData("simulate", "faults", "--seeds", "x")]
    [InlineData("simulate", "faults", "--steps", "0")]
    [InlineData("simulate", "faults", "-o", "json")]
    [InlineData("up", "--regions", "0")]
    [InlineData("up", "--regions", "9")]
    [InlineData("up", "--regions", ",")]
    [InlineData("up", "--nodes", "0")]
    [InlineData("up", "--port", "80")]
    [InlineData("up", "--emulated")]
    [InlineData("up", "--gpus", "8")]
    [InlineData("up", "--gpus", "many", "--emulated")]
    [InlineData("up", "--gpus", "0", "--emulated")]
    [InlineData("up", "--gpus", "40xH100,40xA100", "--emulated")]
    [InlineData("up", "-o", "json")]
    [InlineData("up", "--timeout", "5s")]
    [InlineData("completion")]
    [InlineData("completion", "tcsh")]
    [InlineData("completion", "bash", "-o", "json")]
    [InlineData("config")]
    [InlineData("config", "get", "sever")]
    [InlineData("config", "set", "server", "here")]
    [InlineData("config", "set", "output", "xml")]
    [InlineData("config", "set", "server", "http://127.0.0.1:1")]
    [InlineData("config", "use-context", "nowhere")]
    [InlineData("jobs", "--context", "nowhere")]
    public async Task Exits_with_2_and_says_why_on_stderr_only(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.Equal(2, run.Exit);
        Assert.Equal("", run.Out);
        Assert.NotEqual("", run.Err);
        Assert.DoesNotContain("   at ", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggests_the_command_that_was_meant()
    {
        Assert.Contains("tasks", (await CliRun.Of("taks")).Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Helps_on_stdout_and_exits_with_0()
    {
        foreach (var args in new[] { new[] { "--help" }, ["submit", "-h"], ["simulate", "faults", "--help"] })
        {
            var run = await CliRun.Of(args);
            Assert.Equal((0, ""), (run.Exit, run.Err));
            Assert.Contains("Usage:", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Says_at_once_that_no_server_answers()
    {
        var run = await CliRun.Of("tasks", "--server", "http://127.0.0.1:1");
        Assert.Equal((7, ""), (run.Exit, run.Out));
        Assert.Contains("http://127.0.0.1:1", run.Err, StringComparison.Ordinal);
        Assert.Contains("--server", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_server_from_the_environment_unless_it_is_told()
    {
        await using var server = await ApiServer.Start();
        var set = new Dictionary<string, string> { ["LEPTON_SERVER"] = server.Address.ToString() };
        Assert.Equal(0, (await CliRun.Of(["jobs"], "", environment: set)).Exit);
        Assert.Equal(7, (await CliRun.Of(["jobs", "--server", "http://127.0.0.1:1"], "", environment: set)).Exit);
    }

    [Theory]
    [InlineData(ProblemCodes.NotFound, 4)]
    [InlineData(ProblemCodes.AmbiguousId, 2)]
    [InlineData(ProblemCodes.InvalidSpec, 2)]
    [InlineData(ProblemCodes.NeverFits, 3)]
    [InlineData(ProblemCodes.LimitReached, 3)]
    [InlineData(ProblemCodes.AlreadyEnded, 5)]
    [InlineData(ProblemCodes.IdempotencyKeyReused, 5)]
    [InlineData(ProblemCodes.ForbiddenOrigin, 6)]
    [InlineData(ProblemCodes.Internal, 1)]
    public async Task Turns_every_error_of_the_server_into_its_exit_code(string code, int exit)
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Failure = LeptonException.Of(code, "what is wrong", "what to do", [new ProblemError { Path = "field", Message = "one place", Hint = "Maybe this." }, new ProblemError { Message = "another" }]);
        var run = await CliRun.Of(server, "status", "01A");
        Assert.Equal((exit, ""), (run.Exit, run.Out));
        foreach (var part in new[] { "what is wrong", "what to do", "field: one place Maybe this.", "another" }) Assert.Contains(part, run.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("trace", run.Err, StringComparison.Ordinal);
        Assert.Contains($"code {code}", (await CliRun.Of(server, "status", "01A", "-v")).Err, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_every_problem_an_exit_code_that_the_table_knows()
    {
        var codes = typeof(ProblemCodes).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);
        foreach (var code in codes) Assert.InRange(ExitCodes.Of(LeptonException.Of(code, "x")), 1, 8);
    }

    [Fact]
    public async Task Exits_with_130_when_it_is_interrupted()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01AAA"));
        using var interrupt = new CancellationTokenSource();
        server.Lepton.BeforeGet = interrupt.Cancel;
        var run = await CliRun.Of(["wait", "us-east.01AAA", "--server", server.Address.ToString()], "", interrupted: interrupt.Token);
        Assert.Equal(130, run.Exit);
    }

    [Fact]
    public async Task Takes_its_own_version_from_nobody_else()
    {
        var run = await CliRun.Of("version", "--client");
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("0.1.0", run.Out, StringComparison.Ordinal);
    }
}
