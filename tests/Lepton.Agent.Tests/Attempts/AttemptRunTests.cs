using System.Collections.Immutable;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Attempts;

public sealed class AttemptRunTests : IAsyncDisposable
{
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Runs_a_command_to_its_end_and_tells_when()
    {
        var assignment = _bench.Assignment(["sh", "-c", "echo hello"]);

        var end = await _bench.Run(assignment);

        Assert.Equal(AttemptEndCause.Completed, end.Cause);
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(await _bench.Reports.HasStarted(assignment.Attempt), end.StartedAt);
        Assert.True(end.EndedAt >= end.StartedAt);
        Assert.Equal("hello\n", _bench.Data.Log(assignment.Attempt));
        Assert.True(_bench.Data.IsComplete(assignment.Attempt));
    }

    [Theory]
    [InlineData("echo broken; exit 3", 3, null, "exit code 3; its last line: broken")]
    [InlineData("kill -SEGV $$", 139, 11, "killed by signal 11 (SIGSEGV)")]
    [InlineData("exec /no/such/program", 127, null, "exit code 127")]
    public async Task A_failing_program_says_how(string script, int exit, int? signal, string message)
    {
        var end = await _bench.Run(_bench.Assignment(["sh", "-c", script]));

        Assert.Equal(AttemptEndCause.ExitNonZero, end.Cause);
        Assert.Equal(exit, end.ExitCode);
        Assert.Equal(signal, end.Signal);
        Assert.StartsWith(message, end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var end = await _bench.Run(_bench.Assignment(["no-such-program-here"]));

        Assert.Equal(AttemptEndCause.ExitNonZero, end.Cause);
        Assert.Contains("'no-such-program-here' was not found", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_task_is_told_who_and_where_it_is_and_gets_nothing_else_of_the_agents_environment()
    {
        Environment.SetEnvironmentVariable("AGENT_SECRET", "hidden");
        var assignment = _bench.Assignment(
            ["sh", "-c", "env | sort; pwd; echo \"$1\"", "sh", "${grid.rate}-${index}-$${x}"],
            t => t with { Env = ImmutableSortedDictionary<string, string>.Empty.Add("RATE", "r=${grid.rate}"), CheckpointEvery = TimeSpan.FromSeconds(30) },
            r => r with { Grid = ImmutableSortedDictionary<string, string>.Empty.Add("rate", "0.1") });

        await _bench.Run(assignment);

        var log = _bench.Data.Log(assignment.Attempt).Split('\n');
        var folder = _bench.TaskFolder(assignment.Attempt);
        Assert.Contains($"LEPTON_TASK_ID={assignment.Attempt.Task}", log);
        Assert.Contains("LEPTON_ATTEMPT=1", log);
        Assert.Contains($"LEPTON_ATTEMPT_ID={assignment.Attempt}", log);
        Assert.Contains("LEPTON_JOB_NAME=job", log);
        Assert.Contains("LEPTON_REGION=us-east", log);
        Assert.Contains("LEPTON_NODE=n01", log);
        Assert.Contains("LEPTON_INDEX=0", log);
        Assert.Contains($"LEPTON_OUTPUT_DIR={folder}/out", log);
        Assert.Contains($"LEPTON_METRICS_FILE={folder}/metrics.jsonl", log);
        Assert.Contains($"CHECKPOINT_DIR={folder}/checkpoint", log);
        Assert.Contains("LEPTON_CHECKPOINT_EVERY=30", log);
        Assert.Contains("RATE=r=0.1", log);
        Assert.Contains($"{folder}/work", log);
        Assert.Contains("0.1-0-${x}", log);
        Assert.DoesNotContain(log, l => l.StartsWith("AGENT_SECRET", StringComparison.Ordinal) || l.StartsWith("RESTORE_FROM", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("A-B", "cannot be passed on")]
    [InlineData("LEPTON_TASK_ID", "is set by the agent")]
    public async Task A_variable_that_cannot_be_set_is_refused(string name, string why)
    {
        var end = await _bench.Run(_bench.Assignment(["true"], t => t with { Env = t.Env.Add(name, "x") }));

        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Contains(why, end.Message, StringComparison.Ordinal);
        Assert.Null(end.StartedAt);
    }

    [Fact]
    public async Task Declared_outputs_are_kept_by_hash()
    {
        var end = await _bench.Run(_bench.Assignment(["sh", "-c", "echo m >$LEPTON_OUTPUT_DIR/model.zip; echo x >$LEPTON_OUTPUT_DIR/other"], t => t with { Outputs = ["model.zip"], Residency = new Residency(["us-*"], [FakeRegionData.Region]) }));

        Assert.Equal([FakeRegionData.Region], Assert.Single(_bench.Data.Residencies).Value!.Regions);
        Assert.Equal(AttemptEndCause.Completed, end.Cause);
        var artifact = Assert.Single(end.Artifacts);
        Assert.Equal(new ArtifactRef("model.zip", FakeRegionData.Region, _bench.Data.Keep("m\n"), 2), artifact);
    }

    [Fact]
    public async Task A_declared_output_that_is_missing_fails_the_attempt()
    {
        var end = await _bench.Run(_bench.Assignment(["sh", "-c", "echo x >$LEPTON_OUTPUT_DIR/other"], t => t with { Outputs = ["model.zip"] }));

        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Equal("declared output 'model.zip' was not written; out/ holds: other", end.Message);
    }

    [Fact]
    public async Task Outputs_wait_for_a_region_that_is_away()
    {
        _bench.Data.Away = true;
        var assignment = _bench.Assignment(["sh", "-c", "echo m >$LEPTON_OUTPUT_DIR/m"], t => t with { Outputs = ["m"] });
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "exit"));
        Assert.False(_bench.Reports.IsEnded(assignment.Attempt));

        _bench.Data.Away = false;

        Assert.Single((await _bench.Reports.HasEnded(assignment.Attempt)).Artifacts);
    }

    [Fact]
    public async Task Reports_figures_while_the_task_runs_and_at_its_end()
    {
        var assignment = _bench.Assignment(
            ["sh", "-c", "echo '{\"name\":\"loss\",\"value\":0.5,\"step\":1}' >>$LEPTON_METRICS_FILE; while [ ! -e go ]; do sleep 0.05; done; echo '{\"name\":\"loss\",\"value\":0.1,\"step\":9}' >>$LEPTON_METRICS_FILE"]);
        _bench.Host.Start(assignment);

        await Within.So(() => _bench.Reports.Metrics(assignment.Attempt).Contains(new MetricValue("loss", 0.5, 1)), "the first figure is reported");
        await File.WriteAllTextAsync(_bench.InTask(assignment.Attempt, "work/go"), "");
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal([new MetricValue("loss", 0.1, 9)], end.Metrics);
    }

    [Fact]
    public async Task A_stopped_attempt_ends_with_the_cause_of_the_stop()
    {
        var assignment = _bench.Assignment(["sh", "-c", "trap 'exit 0' TERM; echo r >ready; while :; do sleep 0.05; done"]);
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/ready"));

        _bench.Host.Stop(assignment.Attempt, AttemptEndCause.Cancelled, TimeSpan.FromMinutes(1));
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.Cancelled, end.Cause);
        Assert.Equal(0, end.ExitCode);
    }

    [Fact]
    public async Task Nothing_lives_when_the_end_is_reported()
    {
        var assignment = _bench.Assignment(["sh", "-c", "setsid sh -c 'echo $$ >escaped; exec sleep 600' & while [ ! -s escaped ]; do sleep 0.05; done"]);

        await _bench.Run(assignment);

        var escaped = int.Parse((await Within.Line(_bench.InTask(assignment.Attempt, "work/escaped"))), null);
        Assert.False(Lepton.Agent.Processes.ProcStat.Read(escaped) is { IsLiving: true });
    }

    [Fact]
    public async Task An_attempt_whose_lease_ran_out_says_so()
    {
        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));

        var end = await _bench.Run(_bench.Assignment(["sleep", "600"]));

        Assert.Equal(AttemptEndCause.LeaseExpired, end.Cause);
    }

    [Fact]
    public async Task A_killed_shim_is_the_machines_fault_and_no_success()
    {
        var assignment = _bench.Assignment(["sh", "-c", "echo r >ready; exec sleep 600"]);
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/ready"));

        Native.Kill(Lepton.Agent.Processes.ProcessIdentity.Read(_bench.InTask(assignment.Attempt, "pid"))!.Value.Pid, Native.SigKill);
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.NodeLost, end.Cause);
        Assert.Null(end.ExitCode);
    }

    [Fact]
    public async Task A_forgotten_attempt_leaves_nothing_on_disk()
    {
        var assignment = _bench.Assignment(["true"]);
        await _bench.Run(assignment);
        Assert.True(Directory.Exists(_bench.TaskFolder(assignment.Attempt)));

        _bench.Host.Forget(assignment.Attempt);
        await _bench.Host.Drained();

        Assert.False(Directory.Exists(_bench.TaskFolder(assignment.Attempt)));
    }
}
