using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Lepton.Cli.Tests.Commands;

public sealed class SubmitTests
{
    private const string Yaml = """
        apiVersion: lepton.dev/v1
        kind: Task
        name: train
        run: {command: [python, train.py]}
        resources: {cpus: 2, memory: 2GiB}
        """;

    private const string Id = "us-east.01AAA/0";

    private static JsonElement Sent(ApiServer server) => JsonDocument.Parse(server.Lepton.Submits.Single().Body).RootElement;

    private static void Put(ApiServer server, string state, int attempt = 1, int? exitCode = null)
    {
        var jobState = state switch { "Succeeded" => "Succeeded", "Failed" => "Failed", "Cancelled" => "Cancelled", _ => "Active" };
        server.Lepton.Jobs.Clear();
        server.Lepton.Tasks.Clear();
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01AAA", jobState));
        server.Lepton.Tasks.Add(FakeLepton.ATask(Id, state, attempt) with { ExitCode = exitCode });
    }

    [Fact]
    public async Task Sends_yaml_as_json_under_a_key_of_the_servers_region()
    {
        await using var server = await ApiServer.Start();
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "submit", spec.Path);
        Assert.Equal((0, "", "task us-east.01AAA/0 accepted  train\n"), (run.Exit, run.Err, run.Out));
        Assert.Equal("python", Sent(server).GetProperty("run").GetProperty("command")[0].GetString());
        Assert.StartsWith("us-east/", server.Lepton.Submits.Single().Options.IdempotencyKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_stdin_and_applies_changes()
    {
        await using var server = await ApiServer.Start();
        var run = await CliRun.Of(
            ["submit", "-", "--set", "resources.cpus=5", "--set", "placement.regions+=eu-west", "--server", server.Address.ToString()], Yaml);
        Assert.Equal(0, run.Exit);
        Assert.Equal("eu-west", Sent(server).GetProperty("placement").GetProperty("regions")[0].GetString());
        Assert.Contains("5", Sent(server).GetProperty("resources").GetProperty("cpus").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolves_files_next_to_the_spec()
    {
        await using var server = await ApiServer.Start();
        using var spec = CliRun.Spec("""
            apiVersion: lepton.dev/v1
            kind: Job
            name: j
            inputs: {pods: [{uri: file://./shards/us.csv}]}
            tasks:
              - name: train
                split: {by: inputs, of: pods}
                run: {command: [cat, "${input}"]}
            """);
        var run = await CliRun.Of(server, "submit", spec.Path);
        Assert.Equal(("", 0), (run.Err, run.Exit));
        Assert.Contains($"file://{spec.Folder}/shards/us.csv", server.Lepton.Submits.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_file_line_and_column_of_every_error_and_sends_nothing()
    {
        await using var server = await ApiServer.Start();
        using var spec = CliRun.Spec(Yaml.Replace("cpus: 2", "acceleraters: 2", StringComparison.Ordinal).Replace("train\n", "Bad Name\n", StringComparison.Ordinal));
        var run = await CliRun.Of(server, "submit", spec.Path);
        Assert.Equal((2, ""), (run.Exit, run.Out));
        Assert.Contains($"{spec.Path}:3:", run.Err, StringComparison.Ordinal);
        Assert.Contains($"{spec.Path}:5:13: ", run.Err, StringComparison.Ordinal);
        Assert.Contains("acceleraters", run.Err, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.Submits);
    }

    [Fact]
    public async Task Names_fields_of_what_only_the_server_can_judge()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.FailingBodies["train"] = LeptonException.Of(
            ProblemCodes.InvalidSpec, "mars is no region line 9:3", errors: [new ProblemError { Path = "placement.regions[0]", Line = 9, Column = 3, Message = "mars is no region." }]);
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "submit", spec.Path);
        Assert.Equal(2, run.Exit);
        Assert.Contains("placement.regions[0]: mars is no region.", run.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("9:3", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_each_region_with_price_and_start_and_submits_nothing()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Outlook = AnOutlook(SubmitOutlook.Starts);
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "submit", spec.Path, "--dry-run");
        Assert.Equal((0, ""), (run.Exit, run.Err));
        Assert.Equal(
            """
            train: 1 task, would be owned by us-east, queue default; nothing was submitted
            WOULD  start: room now in us-east
            REGION   NODES  FIT  START             $/H    EST. COST  REASON                TURNED DOWN BECAUSE
            us-east  2      1    now               0.1    0.01       -                     1 asked 2 cpus, most free 1
            eu-west  3      0    in 5m (2m to 9m)  12.50  -          InsufficientCapacity  the freest has 1 cpus free

            """,
            run.Out);
        Assert.Empty(server.Lepton.Submits);
        Assert.Equal("train", JsonDocument.Parse(server.Lepton.DryRuns.Single()).RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_dry_run_of_what_can_never_start_exits_with_3_and_says_what_would_help()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Outlook = AnOutlook(SubmitOutlook.Never) with { RefusedFor = "Task train asks too much." };
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "submit", spec.Path, "--dry-run");
        Assert.Equal(3, run.Exit);
        Assert.Contains("REFUSED  Task train asks too much.\nWOULD  never start: Unsatisfiable: asked 99 cpus\n", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("NEXT   ask at most 4 cpus\n", run.Out, StringComparison.Ordinal);
        var json = await CliRun.Of(server, "submit", spec.Path, "--dry-run", "-o", "json");
        Assert.Equal((3, "Never"), (json.Exit, JsonDocument.Parse(json.Out).RootElement.GetProperty("outcome").GetString()));
        var yaml = await CliRun.Of(server, "submit", spec.Path, "--dry-run", "-o", "yaml");
        Assert.Contains("outcome: Never\n", yaml.Out, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.Submits);
    }

    [Theory]
    [InlineData("--wait")]
    [InlineData("--follow")]
    [InlineData("--idempotency-key", "us-east/k")]
    public async Task A_dry_run_takes_nothing_that_only_a_submit_can_do(params string[] beside)
    {
        await using var server = await ApiServer.Start();
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, ["submit", spec.Path, "--dry-run", .. beside]);
        Assert.Equal((2, ""), (run.Exit, run.Out));
        Assert.Contains($"{beside[0]} stands beside --dry-run", run.Err, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.DryRuns);
    }

    private static SubmitOutlook AnOutlook(string outcome)
    {
        var demand = new TaskDemand { MilliCpu = 2000, MemoryBytes = 2L << 30, Devices = 0, Kind = "Cpu" };
        var never = outcome == SubmitOutlook.Never;
        var here = new RegionOpinion
        {
            Region = "us-east", Reason = never ? "Unsatisfiable" : "BehindInQueue", Evidence = "asked 2 cpus", Nodes = 2, Fitting = never ? 0 : 1, PictureAgeSeconds = 0,
            TurnedDown = [new TurnedDown { Filter = "EnoughCpu", Nodes = 1, Detail = "asked 2 cpus, most free 1" }],
        };
        var there = here with { Region = "eu-west", Reason = "InsufficientCapacity", Evidence = "the freest has 1 cpus free", Nodes = 3, Fitting = 0, TurnedDown = [] };
        var noon = FakeLepton.Noon;
        return new SubmitOutlook
        {
            Kind = "Task", Name = "train", Tasks = 1, Queue = "default", Owner = "us-east", Outcome = outcome, EvaluatedAt = noon,
            Groups =
            [
                new TasksOutlook
                {
                    Name = "train", Tasks = 1, DependsOn = [], Demand = demand, Outcome = outcome, Reason = here.Reason, Evidence = "asked 99 cpus", Next = ["ask at most 4 cpus"],
                    Regions =
                    [
                        new RegionCandidate { Outcome = outcome, Opinion = here, UsdPerHour = 0.1m, ExpectedRunSeconds = 360, EstimatedUsd = 0.01m, TasksAhead = 0 },
                        new RegionCandidate
                        {
                            Outcome = SubmitOutlook.Waits, Opinion = there, UsdPerHour = 12.5m,
                            Start = new StartRange(noon.AddMinutes(2), noon.AddMinutes(5), noon.AddMinutes(9)),
                        },
                    ],
                },
            ],
        };
    }

    [Fact]
    public async Task Says_that_a_key_was_used_before()
    {
        await using var server = await ApiServer.Start();
        using var spec = CliRun.Spec(Yaml);
        await CliRun.Of(server, "submit", spec.Path, "--idempotency-key", "us-east/k");
        var again = await CliRun.Of(server, "submit", spec.Path, "--idempotency-key", "us-east/k", "-o", "name");
        Assert.Equal((0, "us-east.01AAA\n"), (again.Exit, again.Out));
        Assert.Contains("accepted before", again.Err, StringComparison.Ordinal);
        var other = await CliRun.Of(server, "submit", spec.Path, "--idempotency-key", "us-east/k", "--set", "priority=9");
        Assert.Equal(5, other.Exit);
    }

    [Theory]
    [InlineData("Succeeded", 0, 0)]
    [InlineData("Failed", 3, 8)]
    [InlineData("Cancelled", null, 8)]
    public async Task Waits_and_tells_how_it_ended(string state, int? exitCode, int exit)
    {
        await using var server = await ApiServer.Start();
        Put(server, "Pending", 0);
        var asked = 0;
        server.Lepton.BeforeGet = () =>
        {
            if (++asked == 3) Put(server, state, exitCode: exitCode);
        };
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "submit", spec.Path, "--wait", "-o", "json");
        Assert.Equal(exit, run.Exit);
        var task = JsonSerializer.Deserialize(run.Out, LeptonJson.Default.TaskDetail)!;
        Assert.Equal((state, exitCode), (task.State, task.ExitCode));
        Assert.Contains("accepted", run.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Id, "Pending", 0, 3)]
    [InlineData(Id, "Running", 1, 124)]
    [InlineData("us-east.01AAA", "Pending", 0, 3)]
    [InlineData("us-east.01AAA", "Running", 1, 124)]
    public async Task Tells_apart_a_wait_that_ran_out_while_pending(string id, string state, int attempt, int exit)
    {
        await using var server = await ApiServer.Start();
        Put(server, state, attempt);
        var asked = 0;
        server.Lepton.BeforeGet = () => Interlocked.Increment(ref asked);
        var time = new FakeTimeProvider();
        var waiting = CliRun.Of(["wait", id, "--timeout", "1h", "--server", server.Address.ToString()], "", time: time);
        // The second question means that the first answer was read. Steps are small against the hour, and each takes real time.
        while (Volatile.Read(ref asked) < 2)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1);
        }

        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromHours(1));
            await Task.Delay(1);
        }

        var run = await waiting;
        Assert.Equal(exit, run.Exit);
        Assert.Contains("--timeout", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follows_the_log_to_the_end()
    {
        await using var server = await ApiServer.Start();
        Put(server, "Running");
        server.Lepton.Log(Id, 1, "one\n", false);
        var reads = 0;
        server.Lepton.BeforeLogRead = () =>
        {
            if (++reads != 3) return;
            Put(server, "Succeeded");
            server.Lepton.Log(Id, 1, "one\ntwo\n", true);
        };
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "submit", spec.Path, "--follow");
        Assert.Equal((0, "one\ntwo\n"), (run.Exit, run.Out));
        var mixed = await CliRun.Of(server, "submit", spec.Path, "--follow", "-o", "json");
        Assert.Equal((2, ""), (mixed.Exit, mixed.Out));
    }

    [Fact]
    public async Task Validates_without_submitting()
    {
        await using var server = await ApiServer.Start();
        using var spec = CliRun.Spec(Yaml);
        var run = await CliRun.Of(server, "validate", spec.Path);
        Assert.Equal(0, run.Exit);
        Assert.Contains("Task train is valid: 1 task", run.Out, StringComparison.Ordinal);
        Assert.Contains("nothing was submitted", run.Err, StringComparison.Ordinal);
        Assert.Empty(server.Lepton.Submits);
    }
}
