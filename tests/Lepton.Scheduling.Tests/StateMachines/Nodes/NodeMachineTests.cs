using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

public sealed class NodeMachineTests
{
    private static readonly RegionSettings Settings = Some.Settings();

    private long _sequence;

    [Fact]
    public void An_unknown_node_grants_nothing_and_stores_nothing()
    {
        var node = Node();

        Assert.Equal(RefusalCode.NotReady, CodeOf(node.Ask(Offer())));

        Assert.Null(node.Stored);
        Assert.Empty(node.Outbox);
    }

    [Fact]
    public void The_first_beat_makes_it_ready_and_tells_its_region_everything()
    {
        var node = Node();

        var reply = Beat(node);

        Assert.Equal(Settings.NodeLease, reply.Lease);
        Assert.Equal(Settings.HeartbeatEvery, reply.NextBeat);
        Assert.Equal(NodePhase.Ready, node.RowAs<NodeRow>().Phase);
        var news = node.Waiting<NodeChanged>();
        Assert.True(news.Full);
        Assert.Equal(1, news.Version);
        Assert.NotNull(news.Spec);
    }

    [Fact]
    public void A_beat_that_changes_nothing_costs_no_write_and_no_message()
    {
        var node = Ready();
        var writes = node.Writes;
        var sent = node.AllSent.Count;

        for (var i = 0; i < 5; i++) Beat(node);

        Assert.Equal(writes, node.Writes);
        Assert.Equal(sent, node.AllSent.Count);
    }

    [Fact]
    public void A_grant_is_durable_hinted_and_given_to_the_agent_with_what_to_run()
    {
        var node = Ready();

        Assert.Equal(new Granted(new Epoch(1)), node.Ask(Offer()));

        Assert.Equal(Some.Cpus(1000), Assert.Single(node.RowAs<NodeRow>().Grants).Demand);
        Assert.Equal(1, node.Hints);
        var assigned = Assert.Single(Beat(node).Assign);
        Assert.Equal(Some.Attempt(), assigned.Attempt);
        Assert.Equal(new Epoch(1), assigned.NodeEpoch);
        Assert.Equal(Some.Attempt(), Assert.Single(node.Waiting<NodeChanged>().Added).Attempt);
    }

    [Fact]
    public void A_repeated_offer_is_granted_again_without_a_write()
    {
        var node = Ready();
        node.Ask(Offer());
        var writes = node.Writes;

        Assert.IsType<Granted>(node.Ask(Offer()));

        Assert.Equal(writes, node.Writes);
        Assert.Single(node.RowAs<NodeRow>().Grants);
    }

    [Fact]
    public void Grants_never_exceed_the_capacity_and_the_refusal_says_the_numbers()
    {
        var node = Ready();
        for (var index = 0; index < 4; index++) Assert.IsType<Granted>(node.Ask(Offer(index: index)));

        var refused = Assert.IsType<Refused>(node.Ask(Offer(index: 4)));

        Assert.Equal(RefusalCode.DoesNotFit, refused.Code);
        Assert.Equal("Task us-east.job1/4 asks 1 cpus, 100 MiB; node us-east/n1 has 0 cpus, 3696 MiB free of 4 cpus, 4096 MiB.", refused.Text);
        Assert.Equal(RefusalCode.NeverFits, CodeOf(node.Ask(Offer(index: 5, milli: 4001))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(Offer(index: 6, milli: -1))));
    }

    [Fact]
    public void Devices_are_refused_rather_than_ignored()
    {
        var template = Some.Template() with { Demand = new Demand(Some.Cpus(100), DeviceKind.Gpu, 1) };

        Assert.Equal(RefusalCode.NeverFits, CodeOf(Ready().Ask(new Offer(Some.Attempt(), Some.Run(template: template), Some.Epoch1))));
    }

    [Fact]
    public void An_older_region_is_fenced_and_a_newer_one_durably_adopted()
    {
        var node = Ready();
        node.Ask(Offer(epoch: 5));

        Assert.IsType<Stale>(node.Ask(Offer(index: 1, epoch: 4)));
        node.Restart();
        Assert.IsType<Stale>(node.Ask(Offer(index: 1, epoch: 4)));
    }

    [Fact]
    public void One_attempt_of_a_task_at_a_time_and_the_newer_offer_stops_the_older()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held());

        Assert.Equal(RefusalCode.StillRunning, CodeOf(node.Ask(Offer(number: 2))));
        Assert.IsType<Stale>(new[] { node.Ask(Offer(number: 0)) }[0]);

        var stop = Assert.Single(Beat(node, Held()).Stop);
        Assert.Equal(AttemptEndCause.Superseded, stop.Cause);
        Assert.Null(stop.Grace);
    }

    [Fact]
    public void The_start_is_told_once_and_the_end_until_answered_then_the_grant_is_given_back_and_forgotten()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Settle(node);
        Beat(node, Held(started: true));
        Beat(node, Held(started: true));
        Assert.Equal(Address.Of(Some.Task()), Assert.Single(node.Outbox).To);
        node.Answer<AttemptStarted>(Ack.Done);

        var hurried = Beat(node, Held(end: Some.End()));
        Assert.True(hurried.NextBeat < Settings.HeartbeatEvery);
        Assert.Empty(hurried.Forget);
        Beat(node, Held(end: Some.End()));
        Assert.Single(node.Outbox);
        Assert.Single(node.RowAs<NodeRow>().Grants);
        Assert.Equal(AttemptEndCause.Completed, node.Answer<AttemptEnded>(Ack.Done).End.Cause);

        Assert.Empty(node.RowAs<NodeRow>().Grants);
        Assert.Equal(Some.Attempt(), Assert.Single(node.Waiting<NodeChanged>().Freed));
        Assert.Equal(Some.Attempt(), Assert.Single(Beat(node, Held(end: Some.End())).Forget));
    }

    [Fact]
    public void What_ended_within_one_beat_is_told_as_ended_only()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Settle(node);

        Beat(node, Held(started: true, end: Some.End()));

        Assert.IsType<AttemptEnded>(Assert.Single(node.Outbox).Body);
    }

    [Fact]
    public void An_offer_that_comes_after_the_end_is_not_run_again()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(end: Some.End()));
        node.Answer<AttemptEnded>(Ack.Done);

        Assert.Equal(RefusalCode.AlreadyEnded, CodeOf(node.Ask(Offer())));
    }

    [Fact]
    public void A_start_that_the_task_does_not_want_is_killed()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(started: true));

        node.Answer<AttemptStarted>(new Stale("attempt", 1, 2));

        var stop = Assert.Single(Beat(node, Held(started: true)).Stop);
        Assert.Equal(AttemptEndCause.Superseded, stop.Cause);
        Assert.Null(stop.Grace);
    }

    [Fact]
    public void What_the_agent_holds_without_a_grant_is_killed_or_forgotten()
    {
        var node = Ready();

        var reply = Beat(node, Held(index: 1), Held(index: 2, end: Some.End()));

        Assert.Equal(Some.Attempt(index: 1), Assert.Single(reply.Stop).Attempt);
        Assert.Null(reply.Stop[0].Grace);
        Assert.Equal(Some.Attempt(index: 2), Assert.Single(reply.Forget));
    }

    [Fact]
    public void A_lost_reply_is_made_good_by_the_next_beat()
    {
        var node = Ready();
        node.Ask(Offer());
        Assert.Single(Beat(node).Assign);

        Assert.Single(Beat(node).Assign);       // not listed: it never got the first reply
        Assert.Empty(Beat(node, Held()).Assign);
    }

    [Fact]
    public void Beats_of_older_incarnations_and_sequences_are_refused()
    {
        var node = Node();
        Beat(node, incarnation: 2, sequence: 5);

        Assert.Equal("incarnation", Assert.IsType<Stale>(node.Ask(Message(1, 9))).What);
        Assert.Equal("sequence", Assert.IsType<Stale>(node.Ask(Message(2, 4))).What);
        Assert.IsType<LeaseReply>(node.Ask(Message(2, 5)));
        Assert.IsType<LeaseReply>(node.Ask(Message(3, 1)));
        node.Restart();
        Assert.IsType<Stale>(node.Ask(Message(2, 99)));
    }

    [Fact]
    public void What_a_new_agent_process_does_not_hold_is_lost_but_what_was_never_handed_out_is_assigned()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);                                             // handed out, the agent dies
        Settle(node);
        node.Ask(Offer(index: 1));                              // not handed out yet

        var reply = Beat(node, incarnation: 2, sequence: 1);

        Assert.Equal(Some.Attempt(index: 1), Assert.Single(reply.Assign).Attempt);
        var ended = node.Waiting<AttemptEnded>();
        Assert.Equal(AttemptEndCause.NodeLost, ended.End.Cause);
        Assert.Equal(Some.Attempt(), ended.Attempt);
    }

    [Fact]
    public void A_new_agent_process_that_adopted_the_attempts_goes_on_with_them()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(started: true));

        var reply = Assert.IsType<LeaseReply>(node.Ask(Message(2, 1, Held(started: true))));

        Assert.Empty(reply.Stop);
        Assert.False(node.HasWaiting<AttemptEnded>());
    }

    [Fact]
    public void A_stop_is_durable_and_repeated_with_its_grace_until_the_end()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(started: true));

        Assert.Equal(Ack.Done, node.Ask(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, false)));
        Assert.Equal(new StopOrder(Some.Attempt(), AttemptEndCause.Cancelled, TimeSpan.FromSeconds(10)), Assert.Single(Beat(node, Held(started: true)).Stop));
        node.Restart();
        Assert.Single(Beat(node, Held(started: true)).Stop);
        node.Ask(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, true));
        Assert.Null(Assert.Single(Beat(node, Held(started: true)).Stop).Grace);
        Assert.Empty(Beat(node, Held(end: Some.End(AttemptEndCause.Cancelled))).Stop);
    }

    [Fact]
    public void A_stop_before_it_was_handed_out_ends_it_here_and_now()
    {
        var node = Ready();
        node.Ask(Offer());

        node.Ask(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, false));

        Assert.Equal(AttemptEndCause.Cancelled, node.Waiting<AttemptEnded>().End.Cause);
        Assert.Empty(Beat(node).Assign);
    }

    [Fact]
    public void A_stop_that_meets_the_assignment_on_its_way_waits_for_proof()
    {
        var node = Ready();
        node.Ask(Offer());
        var beat = Beat(node);                                  // handed out
        node.Ask(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, false));

        node.Ask(Message(1, beat.Sequence));                    // the same beat once more proves nothing
        Assert.False(node.HasWaiting<AttemptEnded>());
        Beat(node);                                             // a newer one does
        Assert.Equal(AttemptEndCause.Cancelled, node.Waiting<AttemptEnded>().End.Cause);
    }

    [Fact]
    public void A_stop_for_what_is_not_here_is_refused() =>
        Assert.Equal(RefusalCode.NotFound, CodeOf(Ready().Ask(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, false))));

    [Fact]
    public void Silence_makes_it_suspect_then_lost_and_every_grant_ends()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Settle(node);

        node.Pass(Settings.NodeLease);
        Assert.Equal(NodePhase.Suspect, node.Answer<NodeChanged>(Ack.Done).Phase);
        Assert.Equal(RefusalCode.NotReady, CodeOf(node.Ask(Offer(index: 1))));
        Assert.Equal(NodePhase.Ready, node.RowAs<NodeRow>().Phase);         // not worth a write
        node.Pass(Settings.LeaseMargin);

        var row = node.RowAs<NodeRow>();
        Assert.Equal(NodePhase.Lost, row.Phase);
        Assert.Equal(2, row.Epoch.Value);
        Assert.Single(row.Grants);
        var ended = node.Answer<AttemptEnded>(Ack.Done);
        Assert.Equal(AttemptEndCause.LeaseExpired, ended.End.Cause);
        Assert.Empty(node.RowAs<NodeRow>().Grants);
    }

    [Fact]
    public void A_granted_attempt_is_handed_out_only_after_its_task_confirmed_it()
    {
        var node = Ready();
        node.Agrees = static _ => null;
        node.Ask(Offer());

        Assert.Empty(Beat(node).Assign);
        Assert.Empty(Beat(node).Assign);
        node.Answer<ConfirmGrant>(Ack.Done);

        Assert.Equal(Some.Attempt(), Assert.Single(Beat(node).Assign).Attempt);
    }

    [Fact]
    public void A_late_offer_whose_task_has_gone_on_never_reaches_the_agent()
    {
        var node = Ready();
        node.Agrees = static _ => null;
        node.Ask(Offer());

        node.Answer<ConfirmGrant>(new Stale("attempt", 1, 2));

        Assert.Empty(Beat(node).Assign);
        Assert.Equal(AttemptEndCause.NotStarted, node.Answer<AttemptEnded>(new Stale("attempt", 1, 2)).End.Cause);
        Assert.Empty(node.RowAs<NodeRow>().Grants);
    }

    [Fact]
    public void The_repeat_of_a_granted_offer_is_granted_under_any_region_epoch()
    {
        var node = Ready();
        node.Ask(Offer());
        node.Ask(Offer(index: 1, epoch: 2));

        Assert.IsType<Granted>(node.Ask(Offer()));
        Assert.IsType<Stale>(node.Ask(Offer(index: 2)));
    }

    [Fact]
    public void A_beat_in_time_renews_the_lease_without_a_write()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        var writes = node.Writes;
        for (var i = 0; i < 10; i++)
        {
            node.Pass(Settings.NodeLease - TimeSpan.FromSeconds(1));
            Beat(node, Held());
        }

        Assert.Equal(writes, node.Writes);
        Assert.Equal(NodePhase.Ready, node.RowAs<NodeRow>().Phase);
    }

    [Fact]
    public void An_agent_that_comes_back_late_is_told_to_kill_what_was_fenced_and_may_work_again()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(started: true));
        node.Pass(Settings.NodeLease + Settings.LeaseMargin);

        var reply = Beat(node, Held(started: true));
        Assert.Null(Assert.Single(reply.Stop).Grace);
        Assert.Equal(2, reply.NodeEpoch.Value);
        Beat(node, Held(end: Some.End()));
        Assert.Equal(AttemptEndCause.LeaseExpired, node.Answer<AttemptEnded>(Ack.Done).End.Cause);      // the first word counts

        Assert.Equal(Some.Attempt(), Assert.Single(Beat(node, Held(end: Some.End())).Forget));
        Assert.IsType<Granted>(node.Ask(Offer(index: 1)));
    }

    [Fact]
    public void That_a_lease_ran_out_is_not_forgotten_in_a_crash()
    {
        var node = Ready();
        node.Ask(Offer());
        node.Pass(Settings.NodeLease + Settings.LeaseMargin);

        node.Restart();

        Assert.Equal(AttemptEndCause.LeaseExpired, node.Waiting<AttemptEnded>().End.Cause);
        Assert.Equal(NodePhase.Lost, node.RowAs<NodeRow>().Phase);
    }

    [Fact]
    public void A_restart_raises_the_epoch_before_anything_leaves_and_gives_grants_one_full_lease()
    {
        var node = Ready();
        node.Ask(Offer());
        node.Pass(Settings.NodeLease - TimeSpan.FromSeconds(1));

        node.Restart();

        Assert.Equal(2, node.RowAs<NodeRow>().Epoch.Value);
        Assert.Equal(NodePhase.Joining, node.RowAs<NodeRow>().Phase);
        var news = node.Answer<NodeChanged>(Ack.Done);
        Assert.True(news.Full);
        Assert.Single(news.Added);
        node.Pass(Settings.NodeLease + Settings.LeaseMargin - TimeSpan.FromSeconds(1));
        Assert.False(node.HasWaiting<AttemptEnded>());
        node.Pass(TimeSpan.FromSeconds(1));
        node.Waiting<AttemptEnded>();
    }

    [Fact]
    public void After_a_restart_what_nobody_can_start_any_more_ends_as_never_begun_on_the_second_beat()
    {
        var node = Ready();
        node.Ask(Offer());
        node.Restart();

        var first = Beat(node);
        Assert.Empty(first.Assign);
        Assert.True(first.NextBeat < Settings.HeartbeatEvery);
        Assert.False(node.HasWaiting<AttemptEnded>());      // the former activation may have assigned it in answer to this beat
        Beat(node);

        Assert.Equal(AttemptEndCause.NotStarted, node.Waiting<AttemptEnded>().End.Cause);
    }

    [Fact]
    public void After_a_restart_the_repeated_offer_brings_back_what_to_run()
    {
        var node = Ready();
        node.Ask(Offer());
        node.Restart();
        Beat(node);

        Assert.Equal(new Granted(new Epoch(1)), node.Ask(Offer()));

        Assert.Equal(new Epoch(1), Assert.Single(Beat(node).Assign).NodeEpoch);
    }

    [Fact]
    public void After_a_restart_what_the_agent_holds_goes_on()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        node.Restart();

        var reply = Beat(node, Held(started: true));

        Assert.Empty(reply.Stop);
        Beat(node, Held(started: true));
        Assert.False(node.HasWaiting<AttemptEnded>());
    }

    [Fact]
    public void What_never_began_is_granted_again_only_after_the_agent_let_go()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(end: Some.End(AttemptEndCause.NotStarted)));
        node.Answer<AttemptEnded>(Ack.Done);

        Assert.Equal(RefusalCode.StillRunning, CodeOf(node.Ask(Offer())));
        Assert.Single(Beat(node, Held(end: Some.End(AttemptEndCause.NotStarted))).Forget);
        Beat(node);
        Assert.IsType<Granted>(node.Ask(Offer()));
    }

    [Fact]
    public void A_leaving_agent_is_given_nothing_and_the_node_is_lost_once_nothing_is_left()
    {
        var node = Ready();
        node.Ask(Offer());
        Assert.Empty(Beat(node, leaving: true).Assign);
        Assert.Equal(NodePhase.Draining, node.RowAs<NodeRow>().Phase);
        Assert.Equal(AttemptEndCause.NotStarted, node.Answer<AttemptEnded>(Ack.Done).End.Cause);

        Beat(node, leaving: true);
        Assert.Equal(NodePhase.Lost, node.RowAs<NodeRow>().Phase);
        Beat(node, leaving: true);
        Assert.Equal(NodePhase.Lost, node.RowAs<NodeRow>().Phase);
        Beat(node, incarnation: 2, sequence: 1);
        Assert.Equal(NodePhase.Ready, node.RowAs<NodeRow>().Phase);
    }

    [Fact]
    public void News_go_out_one_at_a_time_with_changes_put_together()
    {
        var node = Ready();
        node.Ask(Offer(index: 0));
        node.Ask(Offer(index: 1));
        node.Ask(Offer(index: 2));
        Assert.Single(node.Waiting<NodeChanged>().Added);

        var first = node.Answer<NodeChanged>(Ack.Done);
        var second = node.Waiting<NodeChanged>();

        Assert.False(second.Full);
        Assert.Equal(first.Version + 1, second.Version);
        Assert.Equal(2, second.Added.Length);
        node.Answer<NodeChanged>(WantFull.Please);
        var third = node.Waiting<NodeChanged>();
        Assert.True(third.Full);
        Assert.Equal(3, third.Added.Length);
        node.Answer<NodeChanged>(Ack.Done);
        Assert.Empty(node.Outbox);
    }

    [Fact]
    public void A_sign_of_life_goes_to_the_region_once_a_lease()
    {
        var node = Ready();
        for (var i = 0; i < 60; i++)
        {
            node.Pass(TimeSpan.FromSeconds(1));
            Beat(node);
            if (node.HasWaiting<NodeChanged>()) node.Answer<NodeChanged>(Ack.Done);
        }

        var signs = node.AllSent.Count(send => send.Body is NodeChanged);
        Assert.InRange(signs, 4, 6);
    }

    [Fact]
    public void A_changed_spec_is_stored_and_told_also_below_what_was_granted()
    {
        var node = Ready();
        for (var index = 0; index < 4; index++) node.Ask(Offer(index: index));
        Settle(node);
        Settle(node);

        node.Ask(new AgentBeat(Some.N1, 1, 99, Some.Node(1000), [], false));

        Assert.Equal(1000, node.Answer<NodeChanged>(Ack.Done).Spec!.Capacity.MilliCpu);
        Assert.Equal(1000, node.RowAs<NodeRow>().Spec!.Capacity.MilliCpu);
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(Offer(index: 5))));
    }

    [Fact]
    public void Refuses_what_is_not_for_it() => Assert.Equal(RefusalCode.Invalid, CodeOf(Ready().Ask(AskRegion.Now)));

    private static MachineHarness Node() => new MachineHarness(() => new NodeMachine(Some.N1, Settings), Settings)
    {
        Agrees = static message => message is ConfirmGrant ? Ack.Done : null,
    }.Activate();

    private static Offer Offer(int number = 1, int index = 0, long epoch = 1, long milli = 1000) =>
        new(Some.Attempt(number, index), Some.Run(index, Some.Template(milli)), new Epoch(epoch));

    private static AgentAttempt Held(int number = 1, int index = 0, bool started = false, AttemptEnd? end = null, long nodeEpoch = 1) => new(
        Some.Attempt(number, index),
        new Epoch(nodeEpoch),
        started ? TaskPhase.Running : TaskPhase.Starting,
        started ? MachineHarness.Start : null,
        end,
        []);

    private static AgentBeat Message(long incarnation, long sequence, params AgentAttempt[] held) =>
        new(Some.N1, incarnation, sequence, Some.Node(), [.. held], false);

    private static void Settle(MachineHarness node)
    {
        while (node.HasWaiting<NodeChanged>()) node.Answer<NodeChanged>(Ack.Done);
    }

    private static RefusalCode CodeOf(Reply? reply) => Assert.IsType<Refused>(reply).Code;

    private MachineHarness Ready()
    {
        var node = Node();
        Beat(node);
        Settle(node);
        return node;
    }

    private LeaseReply Beat(MachineHarness node, params AgentAttempt[] held) => Beat(node, 1, ++_sequence, held);

    private LeaseReply Beat(MachineHarness node, bool leaving) =>
        Assert.IsType<LeaseReply>(node.Ask(Message(1, ++_sequence) with { Leaving = leaving }));

    private LeaseReply Beat(MachineHarness node, long incarnation, long sequence, params AgentAttempt[] held)
    {
        _sequence = Math.Max(_sequence, sequence);
        return Assert.IsType<LeaseReply>(node.Ask(Message(incarnation, sequence, held)));
    }
}
