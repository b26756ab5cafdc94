using System.Collections.Immutable;
using System.Globalization;
using Lepton.Agent.Attempts;
using Lepton.Agent.Containers;
using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Containers;

/// <summary>Attempts with an image, over a fake docker program: real processes and a real shim, but no container. See tests/fakes/docker.</summary>
public sealed class ContainerLifeTests : IAsyncDisposable
{
    private readonly FakeEngine _engine = new("img", "oom", "broken");
    private readonly Bench _bench;

    public ContainerLifeTests() => _bench = new Bench(containers: _engine.Of);

    public async ValueTask DisposeAsync()
    {
        _engine.IsDown(false);
        await _bench.DisposeAsync();
        _engine.Dispose();
    }

    [Fact]
    public async Task Runs_the_command_in_the_image_with_its_own_environment_and_keeps_what_it_writes()
    {
        var assignment = Image("env | sort; pwd; echo result >\"$LEPTON_OUTPUT_DIR/m\"; echo '{\"name\": \"loss\", \"value\": 2}' >>\"$LEPTON_METRICS_FILE\"", t => t with
        {
            Outputs = ["m"],
            Env = ImmutableSortedDictionary<string, string>.Empty.Add("GREETING", "a b = c"),
        });
        var end = await _bench.Run(assignment);

        Assert.Equal((AttemptEndCause.Completed, 0), (end.Cause, end.ExitCode));
        Assert.Equal("m", Assert.Single(end.Artifacts).Name);
        Assert.Equal("loss", Assert.Single(end.Metrics).Name);
        var log = _bench.Data.Log(assignment.Attempt);
        Assert.Contains("IMAGE=img\n", log, StringComparison.Ordinal);
        Assert.Contains("GREETING=a b = c\n", log, StringComparison.Ordinal);
        Assert.Contains("CUDA_VISIBLE_DEVICES=\n", log, StringComparison.Ordinal);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=void\n", log, StringComparison.Ordinal);
        Assert.Contains($"{ProcessIdentity.Marker}={assignment.Attempt}\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("HOME=", log, StringComparison.Ordinal);      // the image's, not the machine's
        Assert.EndsWith("/work\n", log, StringComparison.Ordinal);
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task Tells_the_engine_name_label_limits_and_mounts()
    {
        var assignment = Image("echo up >up; while [ ! -e go ]; do sleep 0.05; done", t => t with { Demand = new Demand(new Capacity(1500, 64 << 20)) });
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/up"));

        var name = Assert.Single(_engine.Names);
        Assert.Equal(AttemptContainer.NameOf(assignment.Attempt), name);
        var arguments = _engine.ReadOf(name, "args")!.Split('\n');
        Assert.Contains($"lepton.attempt={assignment.Attempt}", arguments);
        Assert.Contains($"lepton.state={_bench.Folder}", arguments);
        Assert.Contains("67108864b", arguments);
        Assert.Contains("1.5", arguments);
        foreach (var folder in new[] { "work", "out", "checkpoint", "metrics.jsonl" })
            Assert.Contains($"type=bind,source={_bench.InTask(assignment.Attempt, folder)},target={_bench.InTask(assignment.Attempt, folder)}", arguments);
        Assert.DoesNotContain(arguments, a => a.Contains("assignment.json", StringComparison.Ordinal) || a.EndsWith($"target={_bench.TaskFolder(assignment.Attempt)}", StringComparison.Ordinal));

        await File.WriteAllTextAsync(_bench.InTask(assignment.Attempt, "work/go"), "", TestContext.Current.CancellationToken);
        Assert.Equal(AttemptEndCause.Completed, (await _bench.Reports.HasEnded(assignment.Attempt)).Cause);
    }

    [Fact]
    public async Task Keeps_the_exit_code_of_the_command()
    {
        var end = await _bench.Run(Image("echo done for; exit 42"));
        Assert.Equal((AttemptEndCause.ExitNonZero, 42), (end.Cause, end.ExitCode));
        Assert.Contains("done for", end.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task Asks_the_command_to_stop_and_gives_it_its_grace()
    {
        var assignment = Image("trap 'echo saved >saved; exit 7' TERM; echo up >up; while :; do sleep 0.05; done");
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/up"));
        _bench.Host.Stop(assignment.Attempt, AttemptEndCause.Preempted, TimeSpan.FromMinutes(1));
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal((AttemptEndCause.Preempted, 7), (end.Cause, end.ExitCode));
        Assert.Equal("saved", await Within.Line(_bench.InTask(assignment.Attempt, "work/saved")));
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task Kills_a_command_that_does_not_stop_and_carries_no_mark()
    {
        // Nothing but the engine finds it: it is in no session of ours and has scrubbed its environment.
        var assignment = Image("exec env -i /bin/sh -c 'trap : TERM; echo $$ >pid; while :; do sleep 0.05; done'");
        _bench.Host.Start(assignment);
        var pid = int.Parse(await Within.Line(_bench.InTask(assignment.Attempt, "work/pid")), CultureInfo.InvariantCulture);
        _bench.Host.Stop(assignment.Attempt, AttemptEndCause.Cancelled, TimeSpan.FromMilliseconds(200));
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.Cancelled, end.Cause);
        await Within.So(() => ProcStat.Read(pid) is not { IsLiving: true }, "the command is gone");
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task The_shim_ends_the_container_when_the_lease_runs_out_and_no_agent_lives()
    {
        var assignment = Image("exec env -i /bin/sh -c 'trap : TERM; echo $$ >pid; while :; do sleep 0.05; done'", t => t with { Grace = TimeSpan.FromMilliseconds(100) });
        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(15));       // nobody renews it
        _bench.Host.Start(assignment);
        var pid = int.Parse(await Within.Line(_bench.InTask(assignment.Attempt, "work/pid")), CultureInfo.InvariantCulture);
        await Within.So(() => File.Exists(_bench.InTask(assignment.Attempt, "kill")), "the shim knows what to end it with");
        var before = _engine.Calls.Count;
        await Within.So(() => _engine.Calls.Skip(before).Any(c => c.StartsWith("rm --force", StringComparison.Ordinal)), "the shim removes the container");
        await Within.So(() => ProcStat.Read(pid) is not { IsLiving: true }, "the command is gone");
        Assert.Equal(AttemptEndCause.LeaseExpired, (await _bench.Reports.HasEnded(assignment.Attempt)).Cause);
    }

    [Fact]
    public async Task The_next_agent_adopts_a_running_container_even_when_it_was_given_no_engine()
    {
        var assignment = Image("echo up >up; while [ ! -e go ]; do sleep 0.05; done; exit 4");
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/up"));
        var (second, adopted) = (new Reports(), new List<Assignment>());
        var host = new AttemptHost(_bench.Tools with { Containers = null }, second);
        await host.Recover((a, _, _) => adopted.Add(a));
        Assert.Single(_engine.Names);

        await File.WriteAllTextAsync(_bench.InTask(assignment.Attempt, "work/go"), "", TestContext.Current.CancellationToken);
        var end = await second.HasEnded(assignment.Attempt);
        Assert.Equal("img", Assert.Single(adopted).Run.Template.Image);
        Assert.Equal((AttemptEndCause.ExitNonZero, 4), (end.Cause, end.ExitCode));
        Assert.Empty(_engine.Names);
        await host.Drained();
    }

    [Fact]
    public async Task Removes_what_earlier_agents_of_its_folder_left_and_nobody_elses()
    {
        _engine.Leave("lepton-lost", _bench.Folder);
        _engine.Leave("lepton-of-another", _bench.Folder + "2");
        var assignment = Image("echo up >up; sleep 600");
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/up"));

        var (second, host) = (new Reports(), (AttemptHost?)null);
        host = new AttemptHost(_bench.Tools, second);
        await host.Recover((_, _, _) => { });

        Assert.Equal(["lepton-of-another", AttemptContainer.NameOf(assignment.Attempt)], _engine.Names);
        host.Stop(assignment.Attempt, AttemptEndCause.Cancelled, null);
        await second.HasEnded(assignment.Attempt);
        await host.Drained();
    }

    [Fact]
    public async Task Tells_that_the_kernel_killed_for_lack_of_memory()
    {
        var end = await _bench.Run(Image("kill -KILL $$", image: "oom", change: t => t with { Demand = new Demand(new Capacity(100, 64 << 20)) }));
        Assert.Equal((AttemptEndCause.OutOfMemory, 137), (end.Cause, end.ExitCode));
        Assert.Contains("more than 64 MiB of memory", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_cannot_run_it_is_not_taken_for_the_programs_failure()
    {
        var end = await _bench.Run(Image("true", image: "broken"));
        Assert.Equal((AttemptEndCause.Internal, 125), (end.Cause, end.ExitCode));
        Assert.Contains("the container engine could not run it: exit code 125; its last line: Error response from daemon: no runtime", end.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task A_program_that_exits_with_the_engines_own_code_has_failed_itself() =>
        Assert.Equal((AttemptEndCause.ExitNonZero, 125), (await _bench.Run(Image("exit 125"))) is var end ? (end.Cause, end.ExitCode) : default);

    [Fact]
    public async Task A_client_that_dies_does_not_leave_its_container_behind()
    {
        var assignment = Image("exec env -i /bin/sh -c 'echo $$ >pid; while :; do sleep 0.05; done'");
        _bench.Host.Start(assignment);
        var pid = int.Parse(await Within.Line(_bench.InTask(assignment.Attempt, "work/pid")), CultureInfo.InvariantCulture);
        var client = ProcFile.Pids().Select(p => ProcStat.Read(p)).OfType<ProcStat>()
            .First(s => s.Pid != pid && ProcFile.Variable(s.Pid, ProcessIdentity.Marker) == assignment.Attempt.ToString()
                && File.ReadAllText($"/proc/{s.Pid}/cmdline") is var line && line.Contains(_engine.Program, StringComparison.Ordinal) && line.StartsWith("/bin/sh\0" + _engine.Program, StringComparison.Ordinal));
        Native.Kill(client.Pid, Native.SigKill);
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.NodeLost, end.Cause);
        Assert.Contains("while the container ran, and it was removed", end.Message, StringComparison.Ordinal);
        await Within.So(() => ProcStat.Read(pid) is not { IsLiving: true }, "the command is gone");
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task The_end_waits_for_an_engine_that_does_not_answer()
    {
        var assignment = Image("echo up >up; while [ ! -e go ]; do sleep 0.05; done");
        _bench.Host.Start(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/up"));
        _engine.IsDown(true);
        var before = _engine.Calls.Count;
        await File.WriteAllTextAsync(_bench.InTask(assignment.Attempt, "work/go"), "", TestContext.Current.CancellationToken);

        await Within.So(() => _engine.Calls.Skip(before).Count(c => c.StartsWith("rm ", StringComparison.Ordinal)) >= 2, "removal is tried again");
        Assert.False(_bench.Reports.IsEnded(assignment.Attempt));
        _engine.IsDown(false);
        Assert.Equal(AttemptEndCause.Completed, (await _bench.Reports.HasEnded(assignment.Attempt)).Cause);
    }

    [Fact]
    public async Task Pulls_an_image_that_is_not_there_and_says_so_when_it_cannot()
    {
        Assert.Equal(AttemptEndCause.Completed, (await _bench.Run(Image("true", image: "reg/new:1"))).Cause);
        Assert.Contains(_engine.Calls, c => c.StartsWith("pull --quiet reg/new:1", StringComparison.Ordinal));

        var end = await _bench.Run(Image("true", image: "reg/missing:1"));
        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Contains("'reg/missing:1' is not on this machine and could not be pulled: Error response from daemon: manifest for reg/missing:1 not found", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_without_an_engine_runs_no_image()
    {
        await using var bench = new Bench();
        var end = await bench.Run(bench.Assignment(["true"], t => t with { Image = "img" }));
        Assert.Equal(AttemptEndCause.Internal, end.Cause);
        Assert.Contains("this agent runs no containers", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_is_offered_only_when_it_answers()
    {
        var cancel = TestContext.Current.CancellationToken;
        Assert.NotNull((await ContainerEngine.Open(EngineKind.Docker, _bench.Folder, _engine.Program, cancel)).Engine);
        _engine.IsDown(true);
        Assert.Equal((null, "docker does not answer: Cannot connect to the Docker daemon"), await ContainerEngine.Open(EngineKind.Docker, _bench.Folder, _engine.Program, cancel));
        var (none, why) = await ContainerEngine.Open(EngineKind.Podman, _bench.Folder, "/nowhere/podman", cancel);
        Assert.Null(none);
        Assert.Contains("podman cannot be started", why, StringComparison.Ordinal);
    }

    private Assignment Image(string script, Func<TaskTemplate, TaskTemplate>? change = null, string image = "img") =>
        _bench.Assignment(["/bin/sh", "-c", script], t => (change?.Invoke(t) ?? t) with { Image = image });
}
