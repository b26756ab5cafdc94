using System.Diagnostics;
using Lepton.Agent.Attempts;
using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.Extensions.Hosting;

namespace Lepton.Agent.Tests.EndToEnd;

/// <summary>The agent as a process of its own, against a real silo with a played node.</summary>
public sealed class AgentProcessTests : IAsyncLifetime
{
    private readonly Bench _bench = new();
    private readonly PlayedSilo _silo = new();
    private readonly FakeLink _node = new();
    private readonly string _name = $"p{Guid.NewGuid():N}"[..20];
    private readonly List<Process> _started = [];
    private IHost? _running;

    private string State => _bench.Folder;

    public async ValueTask InitializeAsync()
    {
        PlayedNodeGrain.Played[new NodeId(FakeRegionData.Region, _name).ToString()] = _node;
        _running = await _silo.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill();
            await Within.Limit(process.WaitForExitAsync(), "a process of the test to end");
            process.Dispose();
        }
        if (_running is not null) await _running.StopAsync();
        _running?.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_agent_leaves_its_task_alone_and_the_next_one_reports_its_end()
    {
        var first = StartAgent();
        var assignment = _bench.Assignment(["sh", "-c", "echo r >ready; while [ ! -e go ]; do sleep 0.05; done; exit 6"]);
        _node.Assign(assignment);
        await Within.Line(InWork(assignment, "ready"));
        await Within.So(() => _node.Starts.ContainsKey(assignment.Attempt), "the node knows of the start");

        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        var beats = _node.Beats.Count;
        StartAgent();
        await Within.So(() => _node.Beats.Count > beats, "the first beat of the second agent");
        var beat = _node.Beats.ElementAt(beats);
        await File.WriteAllTextAsync(InWork(assignment, "go"), "", TestContext.Current.CancellationToken);
        await Within.So(() => _node.Ends.ContainsKey(assignment.Attempt), "the end of the adopted task");

        Assert.Equal(TaskPhase.Running, Assert.Single(beat.Attempts).Phase);
        Assert.True(beat.Incarnation > _node.Beats.First().Incarnation);
        Assert.Equal(6, _node.Ends[assignment.Attempt].ExitCode);
    }

    [Fact]
    public async Task Asked_to_end_it_stops_its_tasks_reports_them_and_leaves_no_process()
    {
        var agent = StartAgent();
        var assignment = _bench.Assignment(["sh", "-c", "trap 'exit 0' TERM; echo r >ready; while :; do sleep 0.05; done"]);
        _node.Assign(assignment);
        await Within.Line(InWork(assignment, "ready"));
        var session = ProcessIdentity.Read(Path.Combine(AttemptFolder.Of(State, assignment.Attempt).Path, "pid"))!.Value.Pid;

        Native.Kill(agent.Id, Native.SigTerm);
        await Within.Limit(agent.WaitForExitAsync(), "the agent to leave");

        Assert.Equal(0, agent.ExitCode);
        Assert.Equal(AttemptEndCause.Preempted, _node.Ends[assignment.Attempt].Cause);
        Assert.DoesNotContain(ProcFile.Pids(), pid => ProcStat.Read(pid) is { IsLiving: true } stat && stat.Session == session);
        Assert.False(Directory.Exists(AttemptFolder.Of(State, assignment.Attempt).Path));
    }

    [Fact]
    public async Task Asked_again_it_kills_what_has_a_long_grace_and_still_reports_it()
    {
        var agent = StartAgent();
        var assignment = _bench.Assignment(
            ["sh", "-c", "trap 'echo t >asked' TERM; echo r >ready; while :; do sleep 0.05; done"], t => t with { Grace = TimeSpan.FromHours(1) });
        _node.Assign(assignment);
        await Within.Line(InWork(assignment, "ready"));
        var session = ProcessIdentity.Read(Path.Combine(AttemptFolder.Of(State, assignment.Attempt).Path, "pid"))!.Value.Pid;
        Native.Kill(agent.Id, Native.SigTerm);
        await Within.Line(InWork(assignment, "asked"));

        await Within.So(() => ProcStat.Read(session) is not { IsLiving: true } || !Native.Kill(agent.Id, Native.SigTerm), "the task is killed when the agent is asked on and on");
        await Within.Limit(agent.WaitForExitAsync(), "the agent to leave");

        Assert.Equal(0, agent.ExitCode);
        Assert.Equal(AttemptEndCause.Preempted, _node.Ends[assignment.Attempt].Cause);
        Assert.DoesNotContain(ProcFile.Pids(), pid => ProcStat.Read(pid) is { IsLiving: true } stat && stat.Session == session);
    }

    [Fact]
    public async Task Without_parent_and_region_it_ends_with_the_lease_and_so_do_its_tasks()
    {
        _node.Lease = TimeSpan.FromSeconds(3);
        using var parent = StartParent();
        var agent = StartAgent("--until-parent-exits", $"{parent.Id}");
        var assignment = _bench.Assignment(["sleep", "600"]);
        _node.Assign(assignment);
        await Within.So(() => _node.Starts.ContainsKey(assignment.Attempt), "the task runs");
        await Within.Line(Path.Combine(AttemptFolder.Of(State, assignment.Attempt).Path, "pid"));
        var pid = ProcessIdentity.Read(Path.Combine(AttemptFolder.Of(State, assignment.Attempt).Path, "pid"))!.Value.Pid;

        _node.Away = true;
        Assert.False(agent.HasExited);
        parent.Kill();
        await Within.Limit(agent.WaitForExitAsync(), "the orphaned agent to end");

        Assert.Equal(0, agent.ExitCode);
        Assert.False(ProcStat.Read(pid) is { IsLiving: true });
    }

    [Fact]
    public async Task An_orphaned_agent_hands_its_tasks_over_to_the_next_one()
    {
        using var parent = StartParent();
        var first = StartAgent("--until-parent-exits", $"{parent.Id}");
        var assignment = _bench.Assignment(["sh", "-c", "while [ ! -e go ]; do sleep 0.05; done; exit 8"]);
        _node.Assign(assignment);
        await Within.So(() => _node.Starts.ContainsKey(assignment.Attempt), "the task runs");

        parent.Kill();
        StartAgent();
        await Within.Limit(first.WaitForExitAsync(), "the first agent to hand over");
        await File.WriteAllTextAsync(InWork(assignment, "go"), "", TestContext.Current.CancellationToken);
        await Within.So(() => _node.Ends.ContainsKey(assignment.Attempt), "the end of the task that was handed over");

        Assert.Equal(0, first.ExitCode);
        Assert.Equal(8, _node.Ends[assignment.Attempt].ExitCode);
    }

    private Process StartAgent(params string[] more)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Lepton.Agent.dll"),
            "--region", FakeRegionData.Region.Value, "--name", _name, "--gateway", $"127.0.0.1:{_silo.GatewayPort}",
            "--data", $"http://127.0.0.1:{ReservedPorts.Next()}", "--state", State, .. more,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _started.Add(process);
        return process;
    }

    /// <summary>Somebody for the agent to watch; ended with the test.</summary>
    private Process StartParent()
    {
        var parent = Process.Start(new ProcessStartInfo("sleep", "600") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _started.Add(Process.GetProcessById(parent.Id));
        return parent;
    }

    private static void Say(string? line)
    {
        if (line is not null) TestContext.Current.TestOutputHelper?.WriteLine(line);
    }

    private string InWork(Assignment assignment, string name) => Path.Combine(AttemptFolder.Of(State, assignment.Attempt).Work, name);
}
