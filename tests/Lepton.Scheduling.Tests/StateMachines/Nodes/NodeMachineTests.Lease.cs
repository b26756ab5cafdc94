using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

/// <summary>What silence and restarts make of the grants.</summary>
public sealed partial class NodeMachineTests
{
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
}
