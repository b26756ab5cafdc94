using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

/// <summary>What a beat renews, reports and brings back.</summary>
public sealed partial class NodeMachineTests
{
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
}
