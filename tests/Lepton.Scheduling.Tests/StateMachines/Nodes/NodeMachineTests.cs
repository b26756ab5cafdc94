using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

public sealed partial class NodeMachineTests
{
    private static readonly RegionSettings Settings = Some.Settings();

    private long _sequence;

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
