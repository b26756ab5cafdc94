using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>Gangs: all members or none, one gate, broken and started again together.</summary>
public sealed class RegionGangsTests
{
    [Fact]
    public void Places_all_members_at_once_and_says_which_start_it_is()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1, Some.N2);

        region.Ask(Ready(size: 6, count: 6));

        var orders = region.Dispatches();
        Assert.Equal([0, 1, 2, 3, 4, 5], orders.Select(d => d.Run.Task.Index));
        Assert.All(orders, d => Assert.True(d.Run.Gang!.IsSameStart(orders[0].Run.Gang)));
        Assert.Equal([0, 1, 2, 3, 4, 5], orders[3].Run.Gang!.Members);
    }

    [Fact]
    public void Places_nobody_when_one_member_does_not_fit_and_takes_nothing_from_others()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1, Some.N2);      // 8 cores

        region.Ask(Ready(size: 9, count: 9));
        Assert.Empty(region.Dispatches());
        var explained = region.Explain(Some.Task(4));
        Assert.Equal(PendingReason.GangIncomplete, explained.Reason);
        Assert.Contains("8 of 9 members fit", explained.Evidence, StringComparison.Ordinal);
        Assert.NotEmpty(explained.Next);

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("small", 0, 8)), new JobId(Some.East, "other")));
        Assert.Equal(8, region.Dispatches().Count(d => d.Run.Gang is null));
    }

    [Fact]
    public void Several_gangs_of_a_group_start_each_by_itself()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);       // 4 cores

        region.Ask(Ready(size: 3, count: 6));

        Assert.Equal([0, 1, 2], region.Dispatches().Select(d => d.Run.Task.Index));
        Assert.Equal(PendingReason.GangIncomplete, region.Explain(Some.Task(5)).Reason);
        Assert.Contains("1 of 3", region.Explain(Some.Task(5)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Opens_the_gate_when_the_last_member_holds_its_grant()
    {
        var (region, orders) = Placed();

        var first = region.Post(new GangReady(Some.Attempt(1, 0), orders[0].Run.Gang!));
        Assert.Null(region.ReplyTo(first));
        var second = region.Post(new GangReady(Some.Attempt(1, 1), orders[1].Run.Gang!));

        Assert.Equal([Some.N1, Some.N1], Assert.IsType<GangComplete>(region.ReplyTo(first)).Nodes);
        Assert.IsType<GangComplete>(region.ReplyTo(second));
    }

    [Fact]
    public void A_member_that_is_refused_sends_the_others_back_and_all_start_again_together()
    {
        var (region, orders) = Placed();
        var first = region.Post(new GangReady(Some.Attempt(1, 0), orders[0].Run.Gang!));

        region.Ask(RegionHarness.Waits(1, 1));

        Assert.IsType<Stale>(region.ReplyTo(first));
        var stop = region.Answer<StopMember>(Ack.Done);
        Assert.Equal(Some.Attempt(1, 0), stop.Attempt);
        Assert.Contains("task 1", stop.Why, StringComparison.Ordinal);
        Assert.Equal(2, region.Dispatches().Count);
        Assert.Equal(PendingReason.GangIncomplete, region.Explain(Some.Task(1)).Reason);

        region.Ask(RegionHarness.Waits(0, 1, AttemptEndCause.Preempted));
        region.Pass(TimeSpan.FromSeconds(10));      // the node that refused rests

        var again = region.Dispatches().Skip(2).ToList();
        Assert.Equal([0, 1], again.Select(d => d.Run.Task.Index));
        Assert.False(again[0].Run.Gang!.IsSameStart(orders[0].Run.Gang));
    }

    [Fact]
    public void A_member_of_a_start_that_is_over_finds_the_gate_shut()
    {
        var (region, orders) = Placed();
        region.Ask(RegionHarness.Waits(1, 1));

        Assert.IsType<Stale>(region.Ask(new GangReady(Some.Attempt(1, 0), orders[0].Run.Gang!)));
    }

    [Fact]
    public void A_member_that_has_succeeded_stays_over_when_the_rest_starts_again()
    {
        var (region, orders) = Placed();
        region.Ask(new GangReady(Some.Attempt(1, 0), orders[0].Run.Gang!));
        region.Ask(new GangReady(Some.Attempt(1, 1), orders[1].Run.Gang!));
        region.Ask(new TaskSettled(Some.Task(0)));

        region.Ask(RegionHarness.Waits(1, 1, AttemptEndCause.NodeLost));
        region.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal([1], region.Dispatches().Skip(2).Select(d => d.Run.Task.Index));
        Assert.Equal([1], region.Dispatches()[^1].Run.Gang!.Members);
    }

    [Fact]
    public void A_restarted_region_breaks_a_start_that_the_crash_has_cut_in_two()
    {
        var job = Specs.Job(Group(2, 2));
        var gang = new GangRun(0, [0, 1], Some.Epoch1, 1);
        var row = Specs.TaskRow(0, TaskPhase.Leased, node: Some.N1) with { Run = Some.Run() with { Gang = gang } };
        var region = RegionHarness.Confirmed(null, Specs.Row(job), row).WithNodes(Some.N1);

        Assert.Equal(Some.Attempt(1, 0), region.Waiting<StopMember>().Attempt);
        Assert.Empty(region.Dispatches());
        Assert.IsType<Stale>(region.Ask(new GangReady(Some.Attempt(1, 0), gang)));
    }

    [Fact]
    public void A_restarted_region_opens_the_gate_for_a_member_whose_gang_holds_its_grants()
    {
        var job = Specs.Job(Group(2, 2));
        var gang = new GangRun(0, [0, 1], Some.Epoch1, 1);
        Row Member(int index) => Specs.TaskRow(index, TaskPhase.Leased, node: Some.N1) with { Run = Some.Run(index) with { Gang = gang } };
        var region = RegionHarness.Confirmed(null, Specs.Row(job), Member(0), Member(1));
        region.Ask(Specs.Says(Some.N1, holds: new Held(Some.Attempt(1, 0), Some.Cpus(1000))));      // let through before the restart: does not ask again

        Assert.IsType<GangComplete>(region.Ask(new GangReady(Some.Attempt(1, 1), gang)));
        Assert.False(region.HasWaiting<StopMember>());
    }

    [Fact]
    public void A_gang_that_fits_only_elsewhere_goes_there_as_a_whole()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));

        region.Ask(Ready(size: 6, count: 6));

        Assert.Equal(6, region.Dispatches().Count);
        Assert.All(region.Dispatches(), d => Assert.Equal(Some.West, d.Region));
    }

    [Fact]
    public void Guests_of_one_gang_are_placed_when_the_last_has_come()
    {
        var region = RegionHarness.Confirmed(Some.Settings(Some.East)).WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        region.Answer<RegionBeat>(new RegionBeatReply(RegionHarness.Summary(Some.West, 2)));
        var job = new JobId(Some.West, "theirs");
        var gang = new GangRun(0, [0, 1], Some.Epoch1, 7);
        GuestWaits Guest(int index) => new(new AttemptId(new TaskId(job, index), 1), Some.Run(index, Template(2)) with { Task = new TaskId(job, index), Gang = gang });

        region.Ask(Guest(0));
        Assert.Empty(region.Dispatches());
        Assert.Equal(PendingReason.GangIncomplete, region.Explain(new TaskId(job, 0)).Reason);
        region.Ask(Guest(1));

        Assert.Equal([0, 1], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    private static (MachineHarness Region, List<Dispatch> Orders) Placed()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Ready(size: 2, count: 2));
        region.AnswerDispatches();
        return (region, region.Dispatches());
    }

    private static JobReady Ready(int size, int count) => Specs.Ready(Specs.Job(Group(size, count)));

    private static TaskGroup Group(int size, int count) => Specs.Group("gang", 0, count, Template(size));

    private static TaskTemplate Template(int size) => Some.Template() with { GangSize = size };
}
