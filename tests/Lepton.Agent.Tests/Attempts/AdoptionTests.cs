using Lepton.Agent.Attempts;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Attempts;

/// <summary>A second host over the same folder stands for the agent that is started after the first one was killed.</summary>
public sealed class AdoptionTests : IAsyncDisposable
{
    private readonly Bench _bench = new();
    private readonly Reports _second = new();
    private readonly List<(Assignment Assignment, DateTimeOffset? StartedAt, AttemptEnd? End)> _adopted = [];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_running_task_goes_on_under_the_next_agent()
    {
        var assignment = _bench.Assignment(["sh", "-c", "echo one; echo r >ready; while [ ! -e go ]; do sleep 0.05; done; echo two; exit 4"], t => t with { TimeLimit = TimeSpan.FromHours(1) });
        _bench.Host.Start(assignment);
        var startedAt = await _bench.Reports.HasStarted(assignment.Attempt);
        await Within.Line(_bench.InTask(assignment.Attempt, "work/ready"));
        await Within.So(() => _bench.Data.Log(assignment.Attempt) == "one\n", "the first line has reached the region");

        var host = new AttemptHost(_bench.Tools, _second);
        await host.Recover((a, s, e) => _adopted.Add((a, s, e)));
        await File.WriteAllTextAsync(_bench.InTask(assignment.Attempt, "work/go"), "");
        var end = await _second.HasEnded(assignment.Attempt);

        var found = Assert.Single(_adopted);
        Assert.Equal(assignment.Attempt, found.Assignment.Attempt);
        Assert.Equal(assignment.NodeEpoch, found.Assignment.NodeEpoch);
        Assert.Equal(TimeSpan.FromHours(1), found.Assignment.Run.Template.TimeLimit);
        Assert.Equal(assignment.Run.Template.Demand, found.Assignment.Run.Template.Demand);
        Assert.True((found.StartedAt!.Value - startedAt).Duration() < TimeSpan.FromSeconds(30));
        Assert.Null(found.End);
        Assert.Equal(4, end.ExitCode);
        Assert.Equal("one\ntwo\n", _bench.Data.Log(assignment.Attempt));
        await host.Drained();
    }

    [Fact]
    public async Task A_task_that_ended_meanwhile_is_reported_from_its_exit_file()
    {
        var assignment = _bench.Assignment(["unused"], t => t with { Outputs = ["m"] });
        var folder = AttemptFolder.Of(_bench.Folder, assignment.Attempt);
        folder.Create(assignment);
        var process = _bench.Launch(assignment.Attempt, TimeSpan.Zero, "sh", "-c", "echo late; echo m >out/m");
        await Within.Limit(process.Exited, "the task to end while no agent is there");

        await _bench.Host.Recover((a, s, e) => _adopted.Add((a, s, e)));
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Single(_adopted);
        Assert.Equal(AttemptEndCause.Completed, end.Cause);
        Assert.Single(end.Artifacts);
        Assert.Equal("late\n", _bench.Data.Log(assignment.Attempt));
    }

    [Fact]
    public async Task An_end_that_was_worked_out_is_reported_as_it_was()
    {
        var assignment = _bench.Assignment(["sh", "-c", "exit 9"]);
        var end = await _bench.Run(assignment);

        await new AttemptHost(_bench.Tools, _second).Recover((a, s, e) => _adopted.Add((a, s, e)));

        var found = Assert.Single(_adopted);
        Assert.Equal(end with { Artifacts = [], Metrics = [] }, found.End! with { Artifacts = [], Metrics = [] });
        Assert.Equal(9, found.End!.ExitCode);
    }

    [Fact]
    public async Task A_process_of_before_the_boot_is_lost_with_the_machine()
    {
        var assignment = _bench.Assignment(["unused"]);
        AttemptFolder.Of(_bench.Folder, assignment.Attempt).Create(assignment);
        await File.WriteAllTextAsync(_bench.InTask(assignment.Attempt, "pid"), "an-earlier-boot 1 S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0\n");

        await _bench.Host.Recover((a, s, e) => _adopted.Add((a, s, e)));
        var end = await _bench.Reports.HasEnded(assignment.Attempt);

        Assert.Equal(AttemptEndCause.NodeLost, end.Cause);
        Assert.Equal("the machine was restarted", end.Message);
    }

    [Fact]
    public async Task What_never_had_a_process_is_removed_and_so_is_what_nobody_knows()
    {
        var assignment = _bench.Assignment(["unused"]);
        AttemptFolder.Of(_bench.Folder, assignment.Attempt).Create(assignment);
        var unknown = Path.Combine(_bench.Folder, "attempts", "unknown");
        Directory.CreateDirectory(unknown);

        await _bench.Host.Recover((a, s, e) => _adopted.Add((a, s, e)));

        Assert.Empty(_adopted);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_bench.Folder, "attempts")));
    }
}
