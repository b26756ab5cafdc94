using Lepton.Agent.Tests.Kit;

namespace Lepton.Agent.Tests.Shim;

public sealed class ShimTests : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(0.3);

    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Records_the_exit_code_and_the_output_of_the_command()
    {
        var attempt = _bench.NewAttempt();

        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "echo out; echo err >&2; exit 7");
        await Within.Limit(process.Exited, "the shim to end");

        Assert.Equal("7", WholeFile.Line(_bench.InTask(attempt, "exit")));
        Assert.Equal("out\nerr\n", await File.ReadAllTextAsync(_bench.InTask(attempt, "log")));
        Assert.False(File.Exists(_bench.InTask(attempt, "lease")));
    }

    [Fact]
    public async Task Hands_arguments_over_as_they_are()
    {
        var attempt = _bench.NewAttempt();

        var process = _bench.Launch(attempt, s_grace, "printf", "[%s]", "a b", "$HOME", "'\"", "*", "`id`", "", ";exit 3", "--");
        await Within.Limit(process.Exited, "the shim to end");

        Assert.Equal("[a b][$HOME]['\"][*][`id`][][;exit 3][--]", await File.ReadAllTextAsync(_bench.InTask(attempt, "log")));
    }

    [Fact]
    public async Task A_command_is_a_program_and_never_a_builtin_of_the_shell()
    {
        var attempt = _bench.NewAttempt();

        var process = _bench.Launch(attempt, s_grace, "exit", "3");
        await Within.Limit(process.Exited, "the shim to end");

        Assert.Equal("127", WholeFile.Line(_bench.InTask(attempt, "exit")));
    }

    [Fact]
    public async Task The_task_sees_its_own_environment_and_no_descriptor_of_ours()
    {
        var attempt = _bench.NewAttempt();
        await using var ours = File.Create(Path.Combine(_bench.Folder, "ours"));
        Native.KeepDescriptorsFromChildren();

        var process = _bench.Launch(attempt, s_grace, new Dictionary<string, string> { ["until"] = "mine", ["code"] = "mine" }, "sh", "-c", "env; ls /proc/$$/fd");
        await Within.Limit(process.Exited, "the shim to end");

        var log = await File.ReadAllLinesAsync(_bench.InTask(attempt, "log"));
        Assert.Contains("until=mine", log);
        Assert.Contains("code=mine", log);
        Assert.DoesNotContain(log, l => l.Contains("__lepton", StringComparison.Ordinal));
        Assert.Equal(["0", "1", "2"], log.Where(l => int.TryParse(l, out _)));
    }

    [Fact]
    public async Task Keeps_the_exit_code_when_the_group_gets_SIGTERM()
    {
        var attempt = _bench.NewAttempt();
        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "trap 'exit 42' TERM; echo ready >ready; while :; do sleep 0.05; done");
        await Within.Line(_bench.InTask(attempt, "ready"));

        Assert.True(process.SignalGroup(Native.SigTerm));
        await Within.Limit(process.Exited, "the shim to end after SIGTERM");

        Assert.Equal("42", WholeFile.Line(_bench.InTask(attempt, "exit")));
    }

    [Fact]
    public async Task A_passed_deadline_asks_and_then_kills_without_any_agent()
    {
        var attempt = _bench.NewAttempt();
        var until = _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(3);
        _bench.Deadline.Renew(until);

        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "trap 'echo asked >asked' TERM; while :; do sleep 0.05; done");
        await Within.Limit(process.Exited, "the shim to end its session at the deadline");

        Assert.Equal("asked", WholeFile.Line(_bench.InTask(attempt, "asked")));
        Assert.Equal("lapsed", WholeFile.Line(_bench.InTask(attempt, "lease")));
        Assert.Null(WholeFile.Line(_bench.InTask(attempt, "exit")));
        Assert.True(_bench.Clock.GetUtcNow() >= until);
    }

    [Fact]
    public async Task A_task_that_ends_in_its_grace_keeps_its_exit_code_beside_the_mark()
    {
        var attempt = _bench.NewAttempt();
        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(60));

        var process = _bench.Launch(attempt, TimeSpan.FromSeconds(59.5), "sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.05; done");
        await Within.Limit(process.Exited, "the task to end in its grace");

        Assert.Equal("9", WholeFile.Line(_bench.InTask(attempt, "exit")));
        Assert.Equal("lapsed", WholeFile.Line(_bench.InTask(attempt, "lease")));
    }

    [Fact]
    public async Task A_renewed_deadline_keeps_the_task_alive()
    {
        var attempt = _bench.NewAttempt();
        var first = _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(3);
        _bench.Deadline.Renew(first);
        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "while [ ! -e go ]; do sleep 0.05; done; exit 5");

        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(5));
        await Within.So(() => _bench.Clock.GetUtcNow() > first + TimeSpan.FromSeconds(0.5), "the first deadline has passed");
        Assert.False(process.Exited.IsCompleted);
        await File.WriteAllTextAsync(_bench.InTask(attempt, "go"), "");
        await Within.Limit(process.Exited, "the task to end by itself");

        Assert.Equal("5", WholeFile.Line(_bench.InTask(attempt, "exit")));
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("99999999.9")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_deadline_that_became_unreadable_stays_the_last_known_one(string? content)
    {
        var attempt = _bench.NewAttempt();
        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(4));
        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "echo ready >ready; exec sleep 600");
        await Within.Line(_bench.InTask(attempt, "ready"));

        if (content is null) File.Delete(_bench.Deadline.Path);
        else await File.WriteAllTextAsync(_bench.Deadline.Path, content);
        await Within.Limit(process.Exited, "the shim to end at the deadline it knew");

        Assert.Equal("lapsed", WholeFile.Line(_bench.InTask(attempt, "lease")));
    }

    [Fact]
    public async Task After_the_deadline_nothing_begins()
    {
        var attempt = _bench.NewAttempt();
        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));

        var process = _bench.Launch(attempt, s_grace, "touch", "ran");
        await Within.Limit(process.Exited, "the shim to refuse");

        Assert.False(File.Exists(_bench.InTask(attempt, "ran")));
        Assert.Equal("lapsed", WholeFile.Line(_bench.InTask(attempt, "lease")));
    }

    [Fact]
    public async Task Without_a_deadline_nothing_runs()
    {
        var attempt = _bench.NewAttempt();
        File.Delete(_bench.Deadline.Path);

        var process = _bench.Launch(attempt, s_grace, "touch", "ran");
        await Within.Limit(process.Exited, "the shim to refuse");

        Assert.False(File.Exists(_bench.InTask(attempt, "ran")));
        Assert.Equal("no deadline", WholeFile.Line(_bench.InTask(attempt, "lease")));
    }

    [Fact]
    public async Task The_deadline_also_ends_who_left_the_session()
    {
        var attempt = _bench.NewAttempt();
        _bench.Deadline.Renew(_bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));

        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "setsid sh -c 'echo $$ >escaped; exec sleep 600' & wait; sleep 600");
        var escaped = int.Parse(await Within.Line(_bench.InTask(attempt, "escaped")), null);
        await Within.Limit(process.Exited, "the shim to end its session");

        await Within.So(() => Lepton.Agent.Processes.ProcStat.Read(escaped) is not { IsLiving: true }, "the escaped process is gone");
    }

    [Fact]
    public async Task What_the_command_leaves_in_its_group_ends_with_it_and_so_does_the_watcher()
    {
        var attempt = _bench.NewAttempt();

        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "sleep 600 & echo $! >stray");
        var stray = int.Parse(await Within.Line(_bench.InTask(attempt, "stray")), null);
        await Within.Limit(process.Exited, "the shim to end");

        await Within.So(() => Lepton.Agent.Processes.ProcStat.Read(stray) is not { IsLiving: true }, "the stray is gone");
        await Within.So(
            () => !Lepton.Agent.Processes.ProcFile.Pids().Any(p => Lepton.Agent.Processes.ProcStat.Read(p) is { IsLiving: true } s && s.Session == process.Identity.Pid),
            "the session is empty");
    }
}
