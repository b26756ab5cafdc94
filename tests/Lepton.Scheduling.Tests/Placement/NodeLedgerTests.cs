using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class NodeLedgerTests
{
    private static readonly Held One = new(Some.Attempt(1), Some.Cpus(1000));

    [Fact]
    public void Counts_an_offer_until_the_node_holds_it_and_then_once()
    {
        var ledger = Known();
        ledger.Offer(Some.Task(), 0, Some.N1, Some.Cpus(1000));
        Assert.Equal(3000, Free(ledger));

        ledger.Apply(Delta(2, [One], []));
        Assert.Equal(3000, Free(ledger));
        ledger.Unoffer(Some.Task());                            // held ones leave only by the node's word
        Assert.Equal(3000, Free(ledger));

        ledger.Apply(Delta(3, [], [One.Attempt]));
        Assert.Equal(4000, Free(ledger));
    }

    [Fact]
    public void Keeps_the_offer_of_a_later_attempt_beside_what_is_still_held_of_an_earlier_one()
    {
        var ledger = Known();
        ledger.Apply(Delta(2, [One], []));
        ledger.Offer(Some.Task(), 1, Some.N1, Some.Cpus(1000));

        ledger.Apply(Specs.Says(Some.N1, 3, holds: One));

        Assert.Equal(2000, Free(ledger));
    }

    [Fact]
    public void Forgets_an_offer_that_was_granted_and_freed_in_one_message()
    {
        var ledger = Known();
        ledger.Offer(Some.Task(), 0, Some.N1, Some.Cpus(1000));

        ledger.Apply(Delta(2, [], [One.Attempt]));

        Assert.Equal(4000, Free(ledger));
    }

    [Fact]
    public void Ignores_older_versions_and_epochs()
    {
        var ledger = Known();
        ledger.Apply(Delta(2, [One], []));

        Assert.Equal(Ack.Done, ledger.Apply(Delta(2, [], [One.Attempt])));
        Assert.Equal(Ack.Done, ledger.Apply(Specs.Says(Some.N1, 9, epoch: 0)));

        Assert.Equal(3000, Free(ledger));
    }

    [Fact]
    public void Wants_everything_after_a_gap_a_new_epoch_or_a_restart()
    {
        var ledger = Known();
        Assert.Equal(WantFull.Please, ledger.Apply(Delta(3, [], [])));
        Assert.Equal(WantFull.Please, ledger.Apply(Delta(2, [], []) with { NodeEpoch = new Epoch(2) }));

        var restored = new NodeLedger();
        restored.Load(new NodeRow { Node = Some.N1, Epoch = Some.Epoch1, Phase = NodePhase.Ready, Spec = Some.Node() });
        Assert.Equal(WantFull.Please, restored.Apply(Delta(2, [], [])));
        Assert.Equal(Ack.Done, restored.Apply(Specs.Says(Some.N1, 3)));
    }

    [Fact]
    public void Drops_with_a_full_account_what_is_not_in_it()
    {
        var ledger = Known();
        ledger.Apply(Delta(2, [One, new Held(Some.Attempt(1, 1), Some.Cpus(500))], []));
        ledger.Offer(Some.Task(2), 0, Some.N1, Some.Cpus(250));

        ledger.Apply(Specs.Says(Some.N1, 3, holds: One));

        Assert.Equal(4000 - 1000 - 250, Free(ledger));
    }

    private static NodeLedger Known()
    {
        var ledger = new NodeLedger();
        Assert.Equal(Ack.Done, ledger.Apply(Specs.Says(Some.N1)));
        return ledger;
    }

    private static NodeChanged Delta(long version, Held[] added, AttemptId[] freed) =>
        new(Some.N1, Some.Epoch1, version, NodePhase.Ready, null, false, [.. added], [.. freed], MachineHarness.Start);

    private static long Free(NodeLedger ledger) => ledger.Find(Some.N1)!.Free.MilliCpu;
}
