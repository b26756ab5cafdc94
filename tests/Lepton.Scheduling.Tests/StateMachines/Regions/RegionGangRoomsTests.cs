using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>Room for gangs: one time at which all members can start, and others put off for all of them or for none.</summary>
public sealed class RegionGangRoomsTests
{
    private static readonly JobId Long = new(Some.East, "long");
    private static readonly JobId Short = new(Some.East, "short");
    private static readonly JobId Gang = new(Some.East, "gang");
    private static readonly JobId Late = new(Some.East, "late");
    private static readonly RegionSettings Alone = Some.Settings() with { Fleet = [Some.East], MinimumRun = TimeSpan.Zero, ReserveAfter = TimeSpan.Zero };

    private readonly RegionLife _life = new();

    [Fact]
    public void Reserves_a_time_at_which_all_members_can_start_and_keeps_smaller_ones_from_delaying_it()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1, Some.N2);
        region.Ask(Ready(Long, 50, 1, 4000, limit: 100));
        region.Ask(Ready(Short, 50, 1, 4000, limit: 40));
        _life.Runs(region);
        region.Ask(Ready(Gang, 50, 2, 4000, gang: 2, limit: 60));

        var waits = region.Explain(new TaskId(Gang, 1));
        Assert.Equal(PendingReason.InsufficientCapacity, waits.Reason);
        Assert.Contains("room on us-east/n1, us-east/n2 is reserved for the 2 members of its gang from 2026-01-01 00:01:40Z on", waits.Evidence, StringComparison.Ordinal);
        Assert.Equal(MachineHarness.Start.AddSeconds(100), waits.Start!.Expected);

        // Half of the room comes free at 40 s: only what ends before 100 s may use it.
        region.Pass(TimeSpan.FromSeconds(40));
        _life.Ends(region, Short);
        region.Ask(Ready(Late, 50, 1, 4000, limit: 61));
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == Late);
        region.Ask(Ready(new JobId(Some.East, "quick"), 50, 1, 4000, limit: 55));
        Assert.Equal("quick", region.Dispatches()[^1].Run.Task.Job.Key);
        _life.Runs(region);
        _life.Ends(region, new JobId(Some.East, "quick"));
        region.Pass(TimeSpan.FromSeconds(55));
        _life.Ends(region, Long);

        Assert.Equal([Gang, Gang], region.Dispatches().TakeLast(2).Select(d => d.Run.Task.Job));
        Assert.Equal([Some.N1, Some.N2], region.Dispatches().TakeLast(2).Select(d => d.Node!.Value).Order());
    }

    [Fact]
    public void Takes_as_many_nodes_off_standby_as_a_gang_lacks_and_puts_them_back()
    {
        NodeId[] more = [new(Some.East, "n3"), new(Some.East, "n4")];
        var region = RegionHarness.Confirmed(Alone with { StandbyNodes = 2 }).WithNodes([Some.N1, Some.N2, .. more]);
        region.Ask(Ready(Gang, 50, 3, 4000, gang: 3));
        Assert.Empty(region.Dispatches());

        region.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(3, region.Dispatches().Select(d => d.Node).Distinct().Count());
        Assert.All(region.Dispatches(), d => Assert.Equal(Gang, d.Run.Task.Job));

        // One is still held: a task gets in nowhere.
        region.Ask(Ready(Short, 50, 1, 1000));
        region.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(3, region.Dispatches().Count);
        Assert.Contains("on standby", region.Explain(new TaskId(Short, 0)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Puts_off_the_cheapest_for_all_members_together_or_nobody()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1, Some.N2);
        region.Ask(Ready(Long, 10, 4, 2000));
        _life.Runs(region);
        region.Ask(Ready(Gang, 90, 3, 2000, gang: 3));

        Assert.Equal(3, RegionLife.Stops(region).Count);
        var waits = region.Explain(new TaskId(Gang, 2));
        Assert.Equal(PendingReason.WaitingForVictims, waits.Reason);
        Assert.Contains("3 tasks of us-east/n1, us-east/n2 make room for the 3 members of its gang", waits.Evidence, StringComparison.Ordinal);

        var whole = RegionHarness.Confirmed(Alone).WithNodes(Some.N1, Some.N2);
        whole.Ask(Ready(Long, 10, 2, 2000));
        whole.Ask(Ready(Short, 95, 2, 2000));
        _life.Runs(whole);
        whole.Ask(Ready(Gang, 90, 3, 2000, gang: 3));
        Assert.Empty(RegionLife.Stops(whole));         // two of three would not help
    }

    [Fact]
    public void Puts_a_gang_off_as_a_whole()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1, Some.N2);
        region.Ask(Ready(Gang, 10, 2, 4000, gang: 2));
        _life.Runs(region);
        region.Ask(Ready(Short, 90, 1, 4000));

        var stops = RegionLife.Stops(region);
        Assert.Equal([0, 1], stops.Select(s => s.Attempt.Task.Index));
        Assert.All(stops, s => Assert.Contains("put off for us-east.short/0 of priority 90", s.Why, StringComparison.Ordinal));
        foreach (var stop in stops)
        {
            region.Ask(new TaskWaits(stop.Attempt, region.Now, AttemptEndCause.Preempted, "put off", null, 0, null));
            _life.Frees(region, stop.Attempt);
        }

        Assert.Equal(Short, region.Dispatches()[^1].Run.Task.Job);
        Assert.Equal(PendingReason.GangIncomplete, region.Explain(new TaskId(Gang, 0)).Reason);
    }

    [Fact]
    public void Leaves_a_gang_alone_of_which_one_member_may_not_be_put_off()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1, Some.N2);
        region.Ask(Ready(Gang, 10, 2, 4000, gang: 2, preemptible: false));
        _life.Runs(region);
        region.Ask(Ready(Short, 90, 1, 4000));

        Assert.Empty(RegionLife.Stops(region));
    }

    private static JobReady Ready(JobId job, int priority, int tasks, long milliCpu, int gang = 0, int limit = 0, bool preemptible = true)
    {
        var template = Some.Template(milliCpu, timeLimit: limit > 0 ? TimeSpan.FromSeconds(limit) : null) with { GangSize = gang, Preemptible = preemptible };
        return Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks, template)) with { Priority = priority }, job);
    }
}
