using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;

namespace Lepton.Agent.Tests.Processes;

public sealed class StopTests : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Asks_first_and_does_not_kill_who_ends_within_the_grace()
    {
        var attempt = _bench.NewAttempt();
        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "trap 'echo saved >saved; exit 3' TERM; echo r >ready; while :; do sleep 0.05; done");
        await Within.Line(_bench.InTask(attempt, "ready"));

        new Stopper(process).Stop(TimeSpan.FromMinutes(10));
        await Within.Limit(process.Exited, "the task to end after being asked");

        Assert.Equal("saved", WholeFile.Line(_bench.InTask(attempt, "saved")));
        Assert.Equal("3", WholeFile.Line(_bench.InTask(attempt, "exit")));
    }

    [Fact]
    public async Task Kills_who_does_not_listen_after_the_grace()
    {
        var attempt = _bench.NewAttempt();
        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "trap '' TERM; echo r >ready; while :; do sleep 0.05; done");
        await Within.Line(_bench.InTask(attempt, "ready"));

        new Stopper(process).Stop(TimeSpan.FromMilliseconds(50));

        await Within.Limit(process.Exited, "the task to be killed after its grace");
    }

    [Fact]
    public async Task A_stricter_order_shortens_a_long_grace()
    {
        var attempt = _bench.NewAttempt();
        var process = _bench.Launch(attempt, s_grace, "sh", "-c", "trap '' TERM; echo r >ready; while :; do sleep 0.05; done");
        await Within.Line(_bench.InTask(attempt, "ready"));
        var stopper = new Stopper(process);

        stopper.Stop(TimeSpan.FromMinutes(10));
        stopper.Stop(null);

        await Within.Limit(process.Exited, "the task to be killed at once");
    }

    [Fact]
    public async Task A_kill_right_after_the_start_is_not_lost()
    {
        var attempt = _bench.NewAttempt();

        var process = _bench.Launch(attempt, s_grace, "sleep", "600");
        new Stopper(process).Stop(null);

        await Within.Limit(process.Exited, "a shim that has hardly begun to be killed");
    }

    [Fact]
    public async Task The_whole_tree_goes_also_who_left_the_session_or_made_a_group_of_its_own()
    {
        var attempt = _bench.NewAttempt();
        var process = _bench.Launch(
            attempt, s_grace, "sh", "-c", "setsid sh -c 'sh -c \"echo \\$\\$ >grandchild; exec sleep 600\" & echo $$ >child; wait' & timeout 600 sleep 600 & echo $! >group; wait");
        int[] pids =
        [
            int.Parse(await Within.Line(_bench.InTask(attempt, "child")), null),
            int.Parse(await Within.Line(_bench.InTask(attempt, "grandchild")), null),
            int.Parse(await Within.Line(_bench.InTask(attempt, "group")), null),
        ];
        Assert.NotEqual(process.Identity.Pid, ProcStat.Read(pids[0])!.Value.Session);
        await Within.So(() => ProcStat.Read(pids[2])!.Value.Group != process.Identity.Pid, "'timeout' has made a group of its own");

        new Stopper(process).Stop(null);
        await Within.Limit(process.Exited, "the shim to be killed");
        await Within.Limit(_bench.Sweeper.Gone(attempt, process.Identity), "the sweep");

        Assert.All(pids, pid => Assert.False(ProcStat.Read(pid) is { IsLiving: true }, $"{pid} lives"));
    }

    [Fact]
    public async Task The_sweep_of_one_attempt_leaves_others_alone()
    {
        var (mine, other) = (_bench.NewAttempt(), _bench.NewAttempt());
        var kept = _bench.Launch(other, s_grace, "sleep", "600");
        var gone = _bench.Launch(mine, s_grace, "sleep", "600");

        await Within.Limit(_bench.Sweeper.Gone(mine, gone.Identity), "the sweep");

        Assert.False(ProcStat.Read(gone.Identity.Pid) is { IsLiving: true });
        Assert.True(ProcStat.Read(kept.Identity.Pid) is { IsLiving: true });
    }

    [Fact]
    public async Task Somebody_who_never_knew_the_process_can_follow_it()
    {
        var attempt = _bench.NewAttempt();
        _bench.Launch(attempt, s_grace, "sh", "-c", "while [ ! -e go ]; do sleep 0.05; done; exit 6");
        await Within.Line(_bench.InTask(attempt, "pid"));
        using var otherAgentsWatch = new ExitWatch();

        var identity = ProcessIdentity.Read(_bench.InTask(attempt, "pid"))!.Value;
        Assert.True(identity.Lives(attempt));
        Assert.False(identity.Lives(_bench.NewAttempt()));
        Assert.False((identity with { StartTicks = identity.StartTicks - 1 }).Lives(attempt));
        Assert.False((identity with { BootId = "another boot" }).Lives(attempt));
        var followed = ProcessHandle.Follow(attempt, identity, otherAgentsWatch);
        Assert.False(followed.Exited.IsCompleted);
        await File.WriteAllTextAsync(_bench.InTask(attempt, "go"), "");

        await Within.Limit(followed.Exited, "the followed process to end");
        Assert.Equal("6", WholeFile.Line(_bench.InTask(attempt, "exit")));
    }

    [Fact]
    public async Task Many_processes_are_followed_by_one_thread()
    {
        var handles = Enumerable.Range(0, 40).Select(_ => _bench.Launch(_bench.NewAttempt(), s_grace, "true")).ToList();

        await Within.Limit(Task.WhenAll(handles.Select(h => h.Exited)), "all 40 to end");

        Assert.All(handles, h => Assert.Equal("0", WholeFile.Line(_bench.InTask(h.Attempt, "exit"))));
    }
}
