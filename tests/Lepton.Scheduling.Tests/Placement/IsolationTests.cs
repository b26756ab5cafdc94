using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Rules;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class IsolationTests
{
    [Fact]
    public void Places_only_where_all_that_is_asked_is_enforced()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, IsolationAbilities.Visibility);
        Join(ledger, 2, IsolationAbilities.Visibility | IsolationAbilities.Cgroup);
        Join(ledger, 3, IsolationAbilities.Visibility | IsolationAbilities.Container);
        var placer = new Placer();

        Assert.Equal(Nodes.Id(2), placer.Pick(Shape(IsolationAbilities.Cgroup), ledger)?.Id);
        Assert.Equal(Nodes.Id(3), placer.Pick(Shape(IsolationAbilities.Container), ledger)?.Id);
        Assert.Null(placer.Pick(Shape(IsolationAbilities.Cgroup | IsolationAbilities.Container), ledger));
        Assert.Equal("Isolation", Placer.TurnedDownBy(Shape(IsolationAbilities.Cgroup), ledger.Nodes[0])?.Name);
    }

    [Fact]
    public void Tasks_that_ask_for_other_isolation_are_of_another_shape()
    {
        Assert.NotEqual(Shape(IsolationAbilities.Cgroup), Shape(IsolationAbilities.None));
        Assert.NotEqual(Shape(IsolationAbilities.Cgroup), Shape(IsolationAbilities.Container));
        Assert.Equal(Shape(IsolationAbilities.Cgroup), Shape(IsolationAbilities.Cgroup));
    }

    [Fact]
    public void Says_which_nodes_enforce_what_when_none_enforces_enough()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, IsolationAbilities.Visibility | IsolationAbilities.MemoryWatch);
        Join(ledger, 2, IsolationAbilities.Visibility | IsolationAbilities.MemoryWatch);
        Join(ledger, 3, IsolationAbilities.None);

        var (verdict, region) = OwnRegion.Judge(Shape(IsolationAbilities.Container), Some.East, ledger);

        Assert.Equal(PendingReason.Unsatisfiable, verdict.Reason);
        Assert.Contains("nodes with isolation: container; 2 nodes: isolation is visibility, memoryWatch, asked container; 1 node: isolation is none, asked container", verdict.Evidence, StringComparison.Ordinal);
        Assert.Contains("start an agent with --containers", verdict.Next[0], StringComparison.Ordinal);
        var refusals = Assert.Single(region.TurnedDown);
        Assert.Equal(("Isolation", 3), (refusals.Filter, refusals.Nodes));
        Assert.Contains("isolation is none, asked container (1)", refusals.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_once_what_devices_and_their_nodes_must_enforce()
    {
        var ledger = new NodeLedger();
        ledger.Apply(Specs.Says(Nodes.Id(1), 1, new NodeSpec(
            Some.Cpus(4000, 4096),
            [new Device("GPU-a", DeviceKind.Gpu, "H100", 80L << 30, false)],
            ImmutableSortedDictionary<string, string>.Empty,
            "1.0") { Isolation = IsolationAbilities.Visibility }));
        var ask = new DeviceAsk { Models = ["H100"], ShareMilli = 500, Isolation = IsolationAbilities.Mps };
        var demand = new Demand(Some.Cpus(1000)) { Isolation = IsolationAbilities.Mps, Asks = [ask, ask with { Models = ["A100"], ShareMilli = 250 }] };

        var (verdict, _) = OwnRegion.Judge(TaskShape.Of(Some.Template() with { Demand = demand }, null, [Some.East]), Some.East, ledger);

        Assert.Contains("0.5 of 1 H100 or 0.25 of 1 A100 on nodes with isolation: mps;", verdict.Evidence, StringComparison.Ordinal);
        Assert.Contains("0.5 of 1 H100 enforcing mps", Wording.Asked(demand), StringComparison.Ordinal);      // where no nodes are spoken of, it is said of the device
    }

    [Fact]
    public void A_node_that_enforces_it_and_is_full_is_waited_for()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, IsolationAbilities.Cgroup);
        Join(ledger, 2, IsolationAbilities.None);
        ledger.Offer(Some.Task(1), 0, Nodes.Id(1), Some.Cpus(4000, 4096));

        Assert.Equal(PendingReason.InsufficientCapacity, OwnRegion.Judge(Shape(IsolationAbilities.Cgroup), Some.East, ledger).Verdict.Reason);
    }

    [Fact]
    public void Regions_tell_each_combination_once_and_are_believed_when_they_say_nothing()
    {
        var ledger = new NodeLedger();
        Join(ledger, 1, IsolationAbilities.Cgroup);
        Join(ledger, 2, IsolationAbilities.Container);
        Join(ledger, 3, IsolationAbilities.Cgroup);
        var told = IsolationSet.Of(ledger.Nodes);
        Assert.Equal([IsolationAbilities.Cgroup, IsolationAbilities.Container], told);

        var summary = RegionHarness.Summary(Some.West) with { Isolations = told };
        Assert.True(Rules(IsolationAbilities.Cgroup).MayHoldIn(summary));
        Assert.False(Rules(IsolationAbilities.Cgroup | IsolationAbilities.Container).MayHoldIn(summary));       // no single node has both
        Assert.False(Rules(IsolationAbilities.Mps).MayHoldIn(summary));
        Assert.True(Rules(IsolationAbilities.Mps).MayHoldIn(summary with { Isolations = default }));
    }

    private static void Join(NodeLedger ledger, int number, IsolationAbilities enforces) => ledger.Apply(Specs.Says(
        Nodes.Id(number), 1, new NodeSpec(Some.Cpus(4000, 4096), [], ImmutableSortedDictionary<string, string>.Empty, "1.0") { Isolation = enforces }));

    private static TaskTemplate Template(IsolationAbilities asked) => Some.Template() with { Demand = new Demand(Some.Cpus(1000)) { Isolation = asked } };

    private static NodeRules Rules(IsolationAbilities asked) => NodeRules.Of(Template(asked));

    private static TaskShape Shape(IsolationAbilities asked) => TaskShape.Of(Template(asked), null, [Some.East]);
}
