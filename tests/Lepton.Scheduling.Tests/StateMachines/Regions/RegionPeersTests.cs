using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

public sealed class RegionPeersTests
{
    private static readonly RegionSettings Settings = Some.Settings();
    private static readonly TaskId Guest = new(new JobId(Some.West, "w"), 0);

    [Fact]
    public void Delegates_what_fits_nowhere_here_to_a_region_with_room()
    {
        var region = Heard(RegionHarness.Summary(Some.West, freeMilli: 20_000));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 3, Some.Template(8000)))));

        Assert.Equal([Some.West, Some.West], region.Dispatches().Select(d => d.Region));        // 20 free: two of 8
        Assert.All(region.Dispatches(), d => Assert.Null(d.Node));
        Assert.Equal(PendingReason.InsufficientCapacity, region.Explain(Some.Task(2)).Reason);
    }

    [Fact]
    public void Fills_the_own_region_first()
    {
        var region = Heard(RegionHarness.Summary(Some.West));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 5))));

        Assert.Equal([Some.East, Some.East, Some.East, Some.East, Some.West], region.Dispatches().Select(d => d.Region));
    }

    [Fact]
    public void Sends_a_task_where_its_data_is_when_there_is_room()
    {
        var region = Heard(RegionHarness.Summary(Some.West, freeMilli: 1000));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, Some.Template()) with { Inputs = [new InputRef("artifact:abc", Some.West, 1)] })));

        Assert.Equal([Some.West, Some.East], region.Dispatches().Select(d => d.Region));
    }

    [Fact]
    public void Sends_a_pinned_task_to_a_full_region_but_not_without_bound()
    {
        var region = Heard(RegionHarness.Summary(Some.West, freeMilli: 0, total: 2000));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 6, Some.Template(1000)) with { Inputs = [new InputRef("file:///data", Some.West, 1)] })));

        Assert.Equal(4, region.Dispatches().Count);
        Assert.All(region.Dispatches(), d => Assert.Equal(Some.West, d.Region));
        Assert.Equal(PendingReason.InsufficientCapacity, region.Explain(Some.Task(5)).Reason);
    }

    [Fact]
    public void Says_of_a_delegated_task_that_it_waits_there_until_it_runs()
    {
        var region = Heard(RegionHarness.Summary(Some.West));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(8000)))));
        region.AnswerDispatches();
        region.Pass(TimeSpan.FromSeconds(4));

        var said = region.Explain(Some.Task());
        Assert.Equal((TaskPhase.Pending, PendingReason.BehindInQueue), (said.Phase, said.Reason));
        Assert.Matches(@"^delegated to region eu-west 4(\.0)? s ago, waits in its queue$", said.Evidence);
        var live = Live(region);
        Assert.Equal((TaskPhase.Pending, PendingReason.BehindInQueue, Some.West, said.Evidence), (live.Phase, live.Reason, live.Region, live.Evidence));

        region.Ask(new TaskRuns(Some.Attempt(1), new NodeId(Some.West, "n9"), region.Now));
        Assert.Equal((TaskPhase.Running, null), (region.Explain(Some.Task()).Phase, region.Explain(Some.Task()).Reason));
        Assert.Equal((TaskPhase.Running, null), (Live(region).Phase, Live(region).Reason));
    }

    [Fact]
    public void Says_of_a_silent_region_s_task_that_it_is_being_taken_back()
    {
        var region = Heard(RegionHarness.Summary(Some.West));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(8000)))));
        region.AnswerDispatches();
        region.Pass(Settings.DelegationTakeBack + TimeSpan.FromSeconds(3));

        Assert.Equal((TaskPhase.Pending, PendingReason.RegionUnreachable), (region.Explain(Some.Task()).Phase, region.Explain(Some.Task()).Reason));
    }

    [Fact]
    public void Delegates_nothing_to_a_region_that_is_silent()
    {
        var region = Heard(RegionHarness.Summary(Some.West));
        region.Pass(TimeSpan.FromSeconds(20));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(8000)))));

        Assert.Empty(region.Dispatches());
    }

    [Fact]
    public void Leaves_a_region_alone_that_refused_until_it_says_something_new()
    {
        var region = Heard(RegionHarness.Summary(Some.West));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(8000)))));
        region.AnswerDispatches();

        region.Ask(RegionHarness.Waits(0, 1, refusedBy: Some.West));
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, 2)));
        Assert.Single(region.Dispatches());
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, 3, freeMilli: 63_000)));

        Assert.Equal(2, region.Dispatches().Count);
    }

    [Fact]
    public void Leaves_a_region_alone_for_longer_each_time_it_sends_a_task_back()
    {
        var region = Heard(RegionHarness.Summary(Some.West));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(8000)))));
        var sequence = 2;
        TimeSpan BouncedFor(int attempt)
        {
            region.AnswerDispatches(attempt);
            region.Ask(RegionHarness.Waits(0, attempt, refusedBy: Some.West));
            var (from, sent) = (region.Now, region.Dispatches().Count);
            for (; region.Dispatches().Count == sent; sequence++)
            {
                region.Pass(TimeSpan.FromSeconds(1));
                region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, sequence, freeMilli: 64_000 - sequence)));
            }

            return region.Now - from;
        }

        Assert.Equal([1, 20, 40], Enumerable.Range(1, 3).Select(attempt => BouncedFor(attempt).TotalSeconds));
    }

    [Fact]
    public void Does_not_believe_an_older_summary()
    {
        var region = Heard(RegionHarness.Summary(Some.West, 5, freeMilli: 100));

        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, 4, freeMilli: 64_000)));
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, 9, freeMilli: 64_000, epoch: 0)));

        Assert.Equal(100, region.View().Peers.Single().Summary!.Free.MilliCpu);
    }

    [Fact]
    public void Beats_every_other_region_and_answers_with_its_summary()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Outbox.Clear();

        region.Pass(TimeSpan.FromSeconds(3.5));

        Assert.Equal(3, region.Outbox.Count(s => s.Body is RegionBeat && s.To == Address.Of(Some.West)));
        var reply = Assert.IsType<RegionBeatReply>(region.Ask(new RegionBeat(RegionHarness.Summary(Some.West))));
        Assert.Equal((1, 1, 4000L), (reply.Summary.Nodes, reply.Summary.ReadyNodes, reply.Summary.LargestNode.MilliCpu));
        Assert.IsType<Refused>(region.Ask(new RegionBeat(RegionHarness.Summary(new RegionId("mars")))));
    }

    [Fact]
    public void Takes_delegated_work_back_after_the_whole_silence_and_once()
    {
        var region = Heard(RegionHarness.Summary(Some.West));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(8000)))));
        region.AnswerDispatches();

        region.Pass(Settings.DelegationTakeBack - TimeSpan.FromSeconds(1));
        Assert.False(region.HasWaiting<DelegationLost>());
        region.Pass(TimeSpan.FromSeconds(3));

        Assert.Equal(new DelegationLost(Some.Task(), Some.West), region.Waiting<DelegationLost>());
    }

    [Fact]
    public void Starts_guests_only_after_their_owner_has_answered_a_beat()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new GuestWaits(new AttemptId(Guest, 1), Run()));
        Assert.Empty(region.Dispatches());
        Assert.Equal(PendingReason.RegionUnreachable, region.Explain(Guest).Reason);

        region.Answer<RegionBeat>(new RegionBeatReply(RegionHarness.Summary(Some.West)));

        var dispatch = Assert.Single(region.Dispatches());
        Assert.Equal((Guest, Some.East, Some.N1), (dispatch.Run.Task, dispatch.Region, dispatch.Node!.Value));
        Assert.Equal(Address.Of(Guest, Some.East), region.AllSent.Last(s => s.Body is Dispatch).To);
    }

    [Fact]
    public void Stops_guests_whose_owner_acknowledges_nothing_for_a_lease()
    {
        var region = WithGuest();
        region.AnswerDispatches();

        region.Pass(Settings.DelegationLease - TimeSpan.FromSeconds(1));
        Assert.False(region.HasWaiting<OwnerLost>());
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West, 7)));         // it beats us, and hears nothing of ours
        region.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal(new OwnerLost(Guest), region.Waiting<OwnerLost>());
    }

    [Fact]
    public void Stops_restored_guests_sooner_than_their_owner_can_take_them_back()
    {
        var row = new GuestRow
        {
            Attempt = new AttemptId(Guest, 1),
            Run = Run(),
            Phase = GuestPhase.Leased,
            Node = Some.N1,
            AcceptedAt = MachineHarness.Start,
            Tenant = TenantId.Default,
        };
        var region = RegionHarness.Confirmed(null, row);

        region.Pass(Settings.NodeLease + TimeSpan.FromSeconds(2));

        Assert.Equal(new OwnerLost(Guest), region.Waiting<OwnerLost>());
    }

    [Fact]
    public void Places_a_guest_again_that_its_node_refused()
    {
        var region = WithGuest();
        GuestWaits BackFromNewest() => new(new AttemptId(Guest, 1), Run()) { RegionEpoch = Some.Epoch1, Order = region.Dispatches()[^1].Order };

        region.Ask(BackFromNewest());       // before the order was answered
        region.AnswerDispatches();
        region.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(2, region.Dispatches().Count);
        region.AnswerDispatches();
        region.Ask(BackFromNewest());       // after
        region.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(3, region.Dispatches().Count);
    }

    [Fact]
    public void Takes_a_late_repeat_of_a_guest_that_was_given_a_node_for_no_news()
    {
        var region = WithGuest();
        region.AnswerDispatches();

        region.Ask(new GuestWaits(new AttemptId(Guest, 1), Run()));
        region.Pass(TimeSpan.FromSeconds(10));

        Assert.Single(region.Dispatches());
    }

    [Fact]
    public void Lets_late_word_of_an_earlier_guest_settle_nothing()
    {
        var region = WithGuest();
        region.AnswerDispatches();
        region.Ask(new GuestWaits(new AttemptId(Guest, 3), Run()));

        region.Ask(new TaskSettled(Guest, 1));
        Assert.Equal(1, region.View().Summary.GuestsHeld);
        region.Ask(new TaskSettled(Guest, 3));

        Assert.Equal(0, region.View().Summary.GuestsHeld);
        Assert.Equal(Capacity.Zero, region.View().Nodes.Single().Allocated);
    }

    private static Overlay Live(MachineHarness region) => Assert.IsType<Overlays>(region.Ask(new AskOverlay([Some.Task()]))).Items.Single();

    private static RunSpec Run() => Some.Run() with { Task = Guest };

    private static MachineHarness Heard(RegionSummary summary)
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(summary));
        return region;
    }

    private static MachineHarness WithGuest()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Answer<RegionBeat>(new RegionBeatReply(RegionHarness.Summary(Some.West)));
        region.Ask(new GuestWaits(new AttemptId(Guest, 1), Run()));
        Assert.Single(region.Dispatches());
        return region;
    }
}
