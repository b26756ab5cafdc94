using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Cli.Tests.Commands;

public sealed class OneTaskTests
{
    private const string Id = "us-east.01AAA/0";

    private static async Task<ApiServer> With(string state, int attempt = 1)
    {
        var server = await ApiServer.Start();
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01AAA"));
        server.Lepton.Tasks.Add(FakeLepton.ATask(Id, state, attempt));
        return server;
    }

    [Theory]
    [InlineData("Pending", 3)]
    [InlineData("Running", 0)]
    public async Task Explains_and_exits_with_3_while_pending(string state, int exit)
    {
        await using var server = await With(state, 0);
        server.Lepton.Explanations[Id] = new TaskExplanation
        {
            Task = Id,
            State = state,
            Reason = state == "Pending" ? "InsufficientCapacity" : null,
            Evidence = "asks 8 cpus, free 3",
            Next = ["wait 5m", "ask for 3 cpus"],
            Regions =
            [
                new RegionOpinion
                {
                    Region = "us-east", Reason = "InsufficientCapacity", Evidence = "free 3", Nodes = 40, Fitting = 0, PictureAgeSeconds = 9,
                    TurnedDown = [new TurnedDown { Filter = "EnoughCpu", Nodes = 31, Detail = "<8 cpus" }, new TurnedDown { Filter = "Healthy", Nodes = 9, Detail = "" }],
                },
            ],
            QueuePosition = 4,
            EvaluatedAt = FakeLepton.Noon,
        };
        var run = await CliRun.Of(server, "explain", Id);
        Assert.Equal(exit, run.Exit);
        Assert.Contains("asks 8 cpus, free 3  (position 4 in the queue)", run.Out, StringComparison.Ordinal);
        Assert.Contains("31 <8 cpus, 9 Healthy (as of 9s ago)", run.Out, StringComparison.Ordinal);
        Assert.Contains("NEXT   wait 5m\n       ask for 3 cpus\n", run.Out, StringComparison.Ordinal);
        Assert.Equal(exit, (await CliRun.Of(server, "explain", Id, "-o", "json")).Exit);
    }

    [Fact]
    public async Task Says_not_found_with_4()
    {
        await using var server = await ApiServer.Start();
        foreach (var args in new[] { "status us-east.01B/0", "status us-east.01B", "explain us-east.01B/0", "logs us-east.01B/0", "get job us-east.01B", "get task us-east.01B/0", "wait us-east.01B", "cancel us-east.01B/0", "regions mars" })
        {
            var run = await CliRun.Of(server, args.Split(' '));
            Assert.Equal((args, 4, ""), (args, run.Exit, run.Out));
        }
    }

    [Fact]
    public async Task Shows_attempts_metrics_and_artifacts()
    {
        await using var server = await With("Failed", 2);
        server.Lepton.Tasks[0] = server.Lepton.Tasks[0] with
        {
            ExitCode = 3,
            Message = "loss is NaN",
            Metrics = [new TaskMetric { Name = "loss", Value = 0.125, Step = 7 }],
            Artifacts = [new TaskArtifact { Name = "model.zip", Region = "us-east", Sha256 = "abcd", SizeBytes = 2048 }],
        };
        var run = await CliRun.Of(server, "status", Id);
        Assert.Equal(0, run.Exit);
        Assert.Contains($"{Id} Failed on us-east/n01 with exit code 3: loss is NaN", run.Out, StringComparison.Ordinal);
        Assert.Contains("loss = 0.125 (step 7)", run.Out, StringComparison.Ordinal);
        Assert.Contains("model.zip  2 KiB  us-east  sha256:abcd", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, run.Lines.Count(l => l.Contains("us-east/n01  2026", StringComparison.Ordinal)));
        Assert.Contains("RAN  EXPECTED", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, run.Lines.Count(l => l.Contains("  1m30s", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Watches_until_it_is_over()
    {
        await using var server = await With("Pending", 0);
        var asked = 0;
        server.Lepton.BeforeGet = () =>
        {
            asked++;
            if (asked == 3) server.Lepton.Tasks[0] = FakeLepton.ATask(Id, "Running");
            if (asked == 5) server.Lepton.Tasks[0] = FakeLepton.ATask(Id, "Succeeded");
        };
        var run = await CliRun.Of(server, "status", Id, "--watch");
        Assert.Equal(0, run.Exit);
        Assert.Equal([$"{Id} Pending", $"{Id} Running on us-east/n01", $"{Id} Succeeded on us-east/n01"], run.Err.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Writes_the_log_as_it_is()
    {
        await using var server = await With("Succeeded");
        server.Lepton.Logs[(Id, 1)] = ([0xff, 0x00, .. "\nb\nc\n"u8], true);
        server.Lepton.Log(Id, 7, "", true);
        Assert.Equal("b\nc\n", (await CliRun.Of(server, "logs", Id, "--tail", "2")).Out);
        Assert.Equal("c\n", (await CliRun.Of(server, "logs", "-f", "us-east.01AAA", "--tail", "1")).Out);
        var whole = await CliRun.Of(server, "logs", Id);
        Assert.Equal((0, "\ufffd\0\nb\nc\n"), (whole.Exit, whole.Out));
    }

    [Fact]
    public async Task Says_that_a_task_has_no_log_yet()
    {
        await using var server = await With("Pending", 0);
        var run = await CliRun.Of(server, "logs", Id);
        Assert.Equal((0, ""), (run.Exit, run.Out));
        Assert.Contains("lepton explain", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancels_all_and_goes_on_behind_one_that_failed()
    {
        await using var server = await With("Running");
        server.Lepton.Tasks.Add(FakeLepton.ATask("us-east.01BBB/0", "Succeeded"));
        var run = await CliRun.Of(server, "cancel", "us-east.01BBB/0", Id, "us-east.01AAA", "--reason", "enough", "--force");
        Assert.Equal(5, run.Exit);
        Assert.Equal([$"{Id} cancelling (force)", "us-east.01AAA cancelling (force)"], run.Lines);
        Assert.Contains("us-east.01BBB/0", run.Err, StringComparison.Ordinal);
        Assert.All(server.Lepton.Cancels, c => Assert.Equal(new CancelOptions("enough", true), c.Options));
    }

    [Fact]
    public async Task Waits_for_what_it_cancelled()
    {
        await using var server = await With("Running");
        var asked = 0;
        server.Lepton.BeforeGet = () =>
        {
            if (++asked == 3) server.Lepton.Tasks[0] = FakeLepton.ATask(Id, "Cancelled");
        };
        var run = await CliRun.Of(server, "cancel", Id, "--wait");
        Assert.Equal(0, run.Exit);
        Assert.EndsWith("Cancelled on us-east/n01\n", run.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get job us-east.01AAA")]
    [InlineData("get task us-east.01AAA/0 -o yaml")]
    public async Task Gives_the_spec_that_submits_again(string args)
    {
        await using var server = await With("Running");
        var run = await CliRun.Of(server, args.Split(' '));
        Assert.Equal((0, server.Lepton.Jobs[0].Spec), (run.Exit, run.Out));
    }

    [Fact]
    public async Task Shows_the_groups_of_a_job_and_what_waits()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01AAA", tasks: 2));
        server.Lepton.Tasks.AddRange([FakeLepton.ATask("us-east.01AAA/0"), FakeLepton.ATask("us-east.01AAA/1", "Pending", 0) with { Reason = "BehindInQueue" }]);
        var run = await CliRun.Of(server, "status", "us-east.01AAA");
        Assert.Contains("us-east.01AAA Active, 0 of 2 succeeded, 1 in flight", run.Out, StringComparison.Ordinal);
        Assert.Contains("BehindInQueue", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("us-east.01AAA/0", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_both_versions()
    {
        await using var server = await ApiServer.Start();
        var run = await CliRun.Of(server, "version");
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("client  0.1.0", run.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("server  0.1.0  api v1  region us-east", run.Lines[1], StringComparison.Ordinal);
    }
}
