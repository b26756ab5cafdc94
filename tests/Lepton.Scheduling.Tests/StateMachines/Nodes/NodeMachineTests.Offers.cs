using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

/// <summary>Which offers are granted, confirmed and stopped.</summary>
public sealed partial class NodeMachineTests
{
    [Fact]
    public void An_unknown_node_grants_nothing_and_stores_nothing()
    {
        var node = Node();

        Assert.Equal(RefusalCode.NotReady, CodeOf(node.Ask(Offer())));

        Assert.Null(node.Stored);
        Assert.Empty(node.Outbox);
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
    public void Devices_are_refused_rather_than_ignored_where_none_are_named()
    {
        var template = Some.Template() with { Demand = new Demand(Some.Cpus(100)) { Asks = [new DeviceAsk()] } };

        Assert.Equal(RefusalCode.Invalid, CodeOf(Ready().Ask(new Offer(Some.Attempt(), Some.Run(template: template), Some.Epoch1))));
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
    public void A_fence_tells_what_is_granted_and_keeps_older_orders_out()
    {
        var node = Ready();
        node.Ask(Offer());
        var writes = node.Writes;

        Assert.Equal(Some.Attempt(), Assert.Single(Assert.IsType<NodeFenced>(node.Ask(new FenceNode(Some.N1, new Epoch(2)))).Holds).Attempt);

        Assert.Equal(writes + 1, node.Writes);
        Assert.IsType<Stale>(node.Ask(Offer(index: 1)));
        Assert.IsType<Stale>(node.Ask(new FenceNode(Some.N1, Some.Epoch1)));
        Assert.IsType<Granted>(node.Ask(Offer(index: 1, epoch: 2)));
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
}
