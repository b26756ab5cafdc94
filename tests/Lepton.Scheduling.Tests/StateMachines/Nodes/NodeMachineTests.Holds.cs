using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

/// <content>Cordon, drain and resume.</content>
public sealed partial class NodeMachineTests
{
    [Fact]
    public void A_cordoned_node_takes_nothing_new_and_lets_go_on_what_runs()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);

        var said = Assert.IsType<NodeDescription>(node.Ask(Hold(NodeHold.Cordoned, 1)));

        Assert.Equal((NodePhase.Cordoned, NodeHold.Cordoned, 1L), (said.Row.Phase, said.Row.Hold, said.Row.HoldNumber));
        Assert.Equal(RefusalCode.NotReady, CodeOf(node.Ask(Offer(index: 1))));
        Assert.Empty(Beat(node, Held(started: true)).Stop);
        node.Ask(Hold(NodeHold.None, 2));
        Assert.IsType<Granted>(node.Ask(Offer(index: 1)));
    }

    [Fact]
    public void A_drained_node_asks_what_runs_to_end_as_preempted_with_its_grace_and_tells_the_region()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(started: true));
        Settle(node);

        Assert.Equal(NodePhase.Draining, Assert.IsType<NodeDescription>(node.Ask(Hold(NodeHold.Draining, 1))).Row.Phase);
        Assert.Equal(NodePhase.Draining, node.Answer<NodeChanged>(Ack.Done).Phase);
        var stop = Assert.Single(Beat(node, Held(started: true)).Stop);
        Assert.Equal((AttemptEndCause.Preempted, Some.Template().Grace), (stop.Cause, stop.Grace));
        Beat(node, Held(started: true, end: Some.End(AttemptEndCause.Preempted)));
        var ended = node.Answer<AttemptEnded>(Ack.Done);
        Assert.Equal(AttemptEndCause.Preempted, ended.End.Cause);
        Assert.Contains("is being drained: new memory.", ended.End.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalCode.NotReady, CodeOf(node.Ask(Offer(index: 1))));
    }

    [Fact]
    public void What_a_drained_node_never_handed_out_has_not_begun()
    {
        var node = Ready();
        node.Ask(Offer());

        node.Ask(Hold(NodeHold.Draining, 1));

        Assert.Equal(AttemptEndCause.NotStarted, node.Answer<AttemptEnded>(Ack.Done).End.Cause);
    }

    [Fact]
    public void A_hold_outlives_the_node_its_agent_and_its_lease()
    {
        var node = Ready();
        node.Ask(Hold(NodeHold.Draining, 1));

        node.Restart();

        Assert.Equal(NodePhase.Joining, node.RowAs<NodeRow>().Phase);
        Beat(node, 2, 1);
        Assert.Equal(NodePhase.Draining, node.RowAs<NodeRow>().Phase);
        node.Pass(Settings.NodeLease + Settings.LeaseMargin);
        Assert.Equal(NodePhase.Lost, node.RowAs<NodeRow>().Phase);
        Beat(node, 2, 2);
        Assert.Equal(NodePhase.Draining, node.RowAs<NodeRow>().Phase);
        node.Ask(Hold(NodeHold.None, 2));
        Assert.Equal(NodePhase.Ready, node.RowAs<NodeRow>().Phase);
    }

    [Fact]
    public void A_decision_by_an_old_record_changes_nothing_and_a_repeat_is_answered_alike()
    {
        var node = Ready();
        Assert.Equal(RefusalCode.NotFound, CodeOf(Node().Ask(Hold(NodeHold.Cordoned, 1))));
        node.Ask(Hold(NodeHold.Draining, 1));
        Assert.IsType<NodeDescription>(node.Ask(Hold(NodeHold.Draining, 1)));
        node.Ask(Hold(NodeHold.None, 2));

        Assert.IsType<Stale>(node.Ask(Hold(NodeHold.Draining, 1)));
        Assert.IsType<Stale>(node.Ask(Hold(NodeHold.Draining, 2)));
        Assert.Equal((NodeHold.None, 2L), (node.RowAs<NodeRow>().Hold, node.RowAs<NodeRow>().HoldNumber));
    }

    [Fact]
    public void A_node_whose_agent_leaves_does_not_become_ready_by_being_resumed()
    {
        var node = Ready();
        node.Ask(Offer());
        Beat(node);
        Beat(node, Held(started: true));
        node.Ask(Hold(NodeHold.Cordoned, 1));
        node.Ask(Message(1, ++_sequence, Held(started: true)) with { Leaving = true });

        var said = Assert.IsType<NodeDescription>(node.Ask(Hold(NodeHold.None, 2)));

        Assert.Equal(NodePhase.Draining, said.Row.Phase);
    }

    private static HoldNode Hold(NodeHold hold, long number) => new(Some.N1, hold, number, "new memory.");
}
