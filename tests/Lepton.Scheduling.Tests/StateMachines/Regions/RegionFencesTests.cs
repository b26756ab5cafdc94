using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>A region that was activated anew plans only when no order of the activation before can be granted any more, and counts those that were.</summary>
public sealed class RegionFencesTests
{
    private static readonly RegionSettings OneCore = Some.Settings() with
    {
        Fleet = [Some.East],
        Queues = [new QueueSettings { Name = "default", Quotas = [new QuotaSettings("cpu", 1000)] }],
    };

    [Fact]
    public void Plans_nothing_before_every_node_has_heard_of_its_epoch()
    {
        var region = Restarted(Some.N1, Some.N2);
        Assert.Empty(region.Dispatches());
        Assert.All(region.AllSent.Select(s => s.Body).OfType<FenceNode>(), fence => Assert.Equal(Some.Epoch1, fence.RegionEpoch));

        region.Answer<FenceNode>(new NodeFenced([]));
        Assert.Empty(region.Dispatches());
        var waits = region.Explain(Some.Task());
        Assert.Equal(PendingReason.NotYetEvaluated, waits.Reason);
        Assert.Contains("1 of 2 nodes have said what they hold, 1 node not yet: us-east/n2", waits.Evidence, StringComparison.Ordinal);

        region.Answer<FenceNode>(new NodeFenced([]));
        Assert.Single(region.Dispatches());
    }

    [Fact]
    public void Counts_what_was_granted_by_an_order_that_it_did_not_find_in_the_store()
    {
        var region = Restarted(Some.N1);
        region.Answer<FenceNode>(new NodeFenced([new Held(Some.Attempt(1, 1), Some.Cpus(1000))]));

        Assert.Empty(region.Dispatches());       // the queue's one core is taken
        Assert.Contains("holds 1 cpus of its 1 cpus", region.Explain(Some.Task()).Evidence, StringComparison.Ordinal);

        region.Ask(new TaskSettled(Some.Task(1)));
        Assert.Equal([0], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    [Fact]
    public void Goes_on_without_a_node_that_does_not_answer_for_a_lease()
    {
        var region = Restarted(Some.N1, Some.N2);
        region.Answer<FenceNode>(new NodeFenced([]));
        region.Pass(OneCore.NodeLease + OneCore.LeaseMargin);

        Assert.Single(region.Dispatches());
    }

    [Fact]
    public void Stops_a_member_of_a_gang_that_was_ordered_by_the_activation_before()
    {
        var spec = Specs.Job(Specs.Group("gang", 0, 2, Some.Template() with { GangSize = 2 }));
        var region = RegionHarness.New(OneCore with { Queues = [] }, Specs.Row(spec), Node(Some.N1));
        region.Answer<ClaimOwnership>(RegionHarness.Seat);
        region.Answer<FenceNode>(new NodeFenced([new Held(Some.Attempt(1, 1), Some.Cpus(1000))]));

        Assert.Equal(Some.Attempt(1, 1), region.Waiting<StopMember>().Attempt);
        Assert.Empty(region.Dispatches());
        region.Ask(RegionHarness.Waits(1, 1, AttemptEndCause.Preempted));
        Assert.Equal([0, 1], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    private static MachineHarness Restarted(params NodeId[] nodes)
    {
        var spec = Specs.Job(Specs.Group("only", 0, 3));
        var region = RegionHarness.New(OneCore, [Specs.Row(spec), .. nodes.Select(Node)]);
        region.Answer<ClaimOwnership>(RegionHarness.Seat);
        return region;
    }

    private static NodeRow Node(NodeId node) => new()
    {
        Node = node,
        Epoch = Some.Epoch1,
        RegionEpoch = Epoch.None,
        Spec = Some.Node(),
        Phase = NodePhase.Ready,
        ChangedAt = MachineHarness.Start,
        Grants = [],
    };
}
