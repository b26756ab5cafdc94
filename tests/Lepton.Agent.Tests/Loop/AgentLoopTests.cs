using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lepton.Agent.Attempts;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Loop;

public sealed class AgentLoopTests : IAsyncDisposable
{
    private static readonly NodeSpec s_spec =
        new(new Capacity(1_000_000, 1L << 40), [], ImmutableSortedDictionary<string, string>.Empty, "test");

    private static readonly AgentSettings s_settings = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    private readonly Bench _bench = new();
    private readonly FakeLink _link = new();
    private AgentLoop? _loop;
    private Task<AgentExit>? _running;

    public async ValueTask DisposeAsync()
    {
        _loop?.Leave(now: true);
        _link.Away = false;
        if (_running is not null) await Within.Limit(_running, "the loop to end");
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Runs_what_it_is_assigned_and_reports_until_it_may_forget()
    {
        Begin();
        var assignment = _bench.Assignment(["sh", "-c", "exit 5"]);

        _link.Assign(assignment);
        await Within.So(() => _link.Ends.ContainsKey(assignment.Attempt), "the node is told the end");
        await Within.So(() => !Directory.Exists(_bench.TaskFolder(assignment.Attempt)), "the folder is removed");

        Assert.Equal(5, _link.Ends[assignment.Attempt].ExitCode);
        Assert.True(_link.Starts.ContainsKey(assignment.Attempt));
        Assert.True(_bench.Deadline.Until > _bench.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Thousands_of_no_ops_leave_nothing_on_disk()
    {
        var assignments = Enumerable.Range(0, 5000).Select(_ => _bench.Assignment(["noop"], t => t with { InAgentNoOp = true })).ToList();
        foreach (var assignment in assignments) _link.Assign(assignment);

        Begin();
        await Within.So(() => _link.Ends.Count == assignments.Count, "all no-ops have ended");

        Assert.All(_link.Ends.Values, e => Assert.Equal(AttemptEndCause.Completed, e.Cause));
        Assert.False(Directory.Exists(Path.Combine(_bench.Folder, "attempts")));
        Assert.InRange(_link.Beats.Count, 5, 100);
    }

    [Fact]
    public async Task A_hint_makes_it_beat_at_once()
    {
        _link.NextBeat = TimeSpan.FromHours(1);
        Begin();
        await Within.So(() => _bench.Deadline.Until > _bench.Clock.GetUtcNow() && _link.Beats.Count == 1, "the first beat is answered");

        _link.Hinted!();

        await Within.So(() => _link.Beats.Count == 2, "the hinted beat");
    }

    [Fact]
    public async Task A_stop_order_ends_the_task_with_its_cause()
    {
        Begin();
        var assignment = _bench.Assignment(["sleep", "600"]);
        _link.Assign(assignment);
        await Within.So(() => _link.Starts.ContainsKey(assignment.Attempt), "the task runs");

        _link.Stop(new StopOrder(assignment.Attempt, AttemptEndCause.Cancelled, null));
        await Within.So(() => _link.Ends.ContainsKey(assignment.Attempt), "the end of the stopped task");

        Assert.Equal(AttemptEndCause.Cancelled, _link.Ends[assignment.Attempt].Cause);
    }

    [Fact]
    public async Task A_task_beyond_its_time_limit_is_ended()
    {
        Begin();
        var assignment = _bench.Assignment(["sleep", "600"], t => t with { TimeLimit = TimeSpan.FromMilliseconds(300) });

        _link.Assign(assignment);
        await Within.So(() => _link.Ends.ContainsKey(assignment.Attempt), "the end of the task beyond its limit");

        Assert.Equal(AttemptEndCause.TimedOut, _link.Ends[assignment.Attempt].Cause);
    }

    [Fact]
    public async Task Goes_on_beating_while_the_region_is_away_and_ends_its_tasks_when_the_lease_lapses()
    {
        _link.Lease = TimeSpan.FromSeconds(2);
        Begin();
        var assignment = _bench.Assignment(["sleep", "600"]);
        _link.Assign(assignment);
        await Within.So(() => _link.Starts.ContainsKey(assignment.Attempt), "the task runs");

        _link.Away = true;
        var beats = _link.Beats.Count;
        await Within.Line(_bench.InTask(assignment.Attempt, "pid"));
        var pid = Lepton.Agent.Processes.ProcessIdentity.Read(_bench.InTask(assignment.Attempt, "pid"))!.Value.Pid;
        await Within.So(() => Lepton.Agent.Processes.ProcStat.Read(pid) is not { IsLiving: true }, "the task ends with its lease");
        _link.Away = false;
        await Within.So(() => _link.Ends.ContainsKey(assignment.Attempt), "the end is told once the region is back");

        Assert.Equal(AttemptEndCause.LeaseExpired, _link.Ends[assignment.Attempt].Cause);
        Assert.True(_link.Beats.Count > beats + 1);
    }

    [Fact]
    public async Task Leaving_stops_everything_as_preempted_and_says_so_before_it_ends()
    {
        Begin();
        var assignment = _bench.Assignment(["sh", "-c", "trap 'exit 0' TERM; echo r >ready; while :; do sleep 0.05; done"]);
        _link.Assign(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/ready"));

        _loop!.Leave(now: false);
        var exit = await Within.Limit(_running!, "the loop to leave");

        Assert.Equal(AgentExit.Left, exit);
        Assert.Equal(AttemptEndCause.Preempted, _link.Ends[assignment.Attempt].Cause);
        Assert.True(_link.Beats.Last() is { Leaving: true, Attempts.IsEmpty: true });
    }

    [Fact]
    public async Task Asked_to_leave_now_it_grants_no_grace_and_still_reports()
    {
        Begin();
        var assignment = _bench.Assignment(
            ["sh", "-c", "trap 'echo t >asked' TERM; echo r >ready; while :; do sleep 0.05; done"], t => t with { Grace = TimeSpan.FromHours(1) });
        _link.Assign(assignment);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/ready"));
        _loop!.Leave(now: false);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/asked"));
        Assert.False(_running!.IsCompleted);

        _loop.Leave(now: true);

        Assert.Equal(AgentExit.Left, await Within.Limit(_running, "the loop to leave"));
        Assert.Equal(AttemptEndCause.Preempted, _link.Ends[assignment.Attempt].Cause);
    }

    [Fact]
    public async Task A_newer_agent_of_the_same_node_ends_this_one_and_its_tasks()
    {
        Begin();
        var assignment = _bench.Assignment(["sleep", "600"]);
        _link.Assign(assignment);
        await Within.So(() => _link.Starts.ContainsKey(assignment.Attempt), "the task runs");
        await Within.Line(_bench.InTask(assignment.Attempt, "pid"));
        var pid = Lepton.Agent.Processes.ProcessIdentity.Read(_bench.InTask(assignment.Attempt, "pid"))!.Value.Pid;

        _link.Answer = new Stale("incarnation", 1, 2);

        Assert.Equal(AgentExit.Replaced, await Within.Limit(_running!, "the replaced agent to end"));
        Assert.False(Lepton.Agent.Processes.ProcStat.Read(pid) is { IsLiving: true });
    }

    [Fact]
    public async Task What_an_earlier_agent_left_is_in_the_first_beat()
    {
        var ended = _bench.Assignment(["sh", "-c", "exit 9"]);
        await _bench.Run(ended);
        var running = _bench.Assignment(["sleep", "600"]);
        _bench.Host.Start(running);
        await Within.Line(_bench.InTask(running.Attempt, "pid"));

        Begin();
        await Within.So(() => _link.Ends.ContainsKey(ended.Attempt), "the old end is told");

        var first = _link.Beats.First();
        Assert.Equal([TaskPhase.Stopping, TaskPhase.Running], first.Attempts.OrderBy(a => a.Attempt.Task.Index).Select(a => a.Phase));
        Assert.Equal(9, _link.Ends[ended.Attempt].ExitCode);
    }

    [Fact]
    public async Task What_an_earlier_agent_left_keeps_its_own_grace()
    {
        var orders = new OrdersOnly();
        var machine = new AgentMachine(_bench.Tools.Node, 1, s_spec, s_settings);
        var loop = new AgentLoop(machine, _link, _bench.Deadline.Renew, _bench.Clock, NullLogger.Instance);
        var running = _bench.Assignment(["sleep", "600"], t => t with { Grace = TimeSpan.FromMinutes(7) });
        _bench.Host.Start(running);
        await Within.Line(_bench.InTask(running.Attempt, "pid"));
        await loop.Adopt(_bench.Host);

        var left = loop.Run(orders);
        loop.Leave(now: false);
        await Within.So(() => orders.Stops.ContainsKey(running.Attempt), "the adopted task is asked to end");
        loop.Ended(running.Attempt, AttemptEnd.Bare(AttemptEndCause.ExitNonZero, "", _bench.Clock.GetUtcNow()));
        await Within.Limit(left, "the loop to leave");

        Assert.Equal(TimeSpan.FromMinutes(7), orders.Stops[running.Attempt]);
    }

    private void Begin()
    {
        var machine = new AgentMachine(_bench.Tools.Node, 1, s_spec, s_settings);
        var loop = _loop = new AgentLoop(machine, _link, _bench.Deadline.Renew, _bench.Clock, NullLogger.Instance);
        var host = new AttemptHost(_bench.Tools, loop);
        _running = Task.Run(async () =>
        {
            await loop.Adopt(host);
            var exit = await loop.Run(host);
            await host.Drained();
            return exit;
        });
    }

    /// <summary>Takes note of what is to be stopped and does nothing.</summary>
    private sealed class OrdersOnly : IAttemptHost
    {
        public ConcurrentDictionary<AttemptId, TimeSpan?> Stops { get; } = [];

        public void Start(Assignment assignment)
        {
        }

        public void Stop(AttemptId attempt, AttemptEndCause cause, TimeSpan? grace) => Stops[attempt] = grace;

        public void KeepUntil(DateTimeOffset until)
        {
        }

        public void Forget(AttemptId attempt)
        {
        }
    }
}
