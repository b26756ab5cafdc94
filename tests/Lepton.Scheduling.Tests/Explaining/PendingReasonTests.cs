using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Explaining;

/// <summary>One test for each reason that exists now; each shows its numbers.</summary>
public sealed class PendingReasonTests
{
    [Fact]
    public void Unsatisfiable_names_the_nearest_node_and_the_smallest_change()
    {
        var explanation = Explain(Some.Template(16_000) with { Regions = [Some.East] });

        Says(explanation, PendingReason.Unsatisfiable, "16 cpus", "4 cpus");
        Assert.Contains("at most 4 cpus", explanation.Next[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_fit_no_node_yet() => Says(
        Explain(Some.Template() with { Demand = new Demand(Some.Cpus(1)) { Asks = [new DeviceAsk()] }, Regions = [Some.East] }), PendingReason.Unsatisfiable, "1 GPU");

    [Fact]
    public void InsufficientCapacity_says_what_was_asked_and_what_is_free()
    {
        var region = Region(Some.Template(3000) with { Regions = [Some.East] }, tasks: 2);

        Says(region.Explain(Some.Task(1)), PendingReason.InsufficientCapacity, "3 cpus", "1 cpus");
    }

    [Fact]
    public void Fragmented_when_the_sum_would_do()
    {
        var region = Region(Some.Template(3000) with { Regions = [Some.East] }, tasks: 4, Some.N1, Some.N2, new NodeId(Some.East, "n3"));

        Says(region.Explain(Some.Task(3)), PendingReason.Fragmented, "have 3 cpus", "free together", "1 cpus");
    }

    [Fact]
    public void NoEligibleNode_counts_the_phases()
    {
        var region = RegionHarness.Confirmed();
        region.Ask(Specs.Says(Some.N1, phase: NodePhase.Lost));
        region.Ask(Specs.Says(Some.N2, phase: NodePhase.Suspect));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template() with { Regions = [Some.East] }))));

        Says(region.Explain(Some.Task()), PendingReason.NoEligibleNode, "1 Lost", "1 Suspect");
    }

    [Fact]
    public void NotBefore_says_when() => Says(
        Explain(Some.Template() with { StartAfter = MachineHarness.Start.AddMinutes(1) }), PendingReason.NotBefore, "60 s", "2026-01-01");

    [Fact]
    public void RegionNotAllowed_when_no_region_of_the_fleet_is() => Says(
        Explain(Some.Template() with { Regions = [new RegionId("mars")] }), PendingReason.RegionNotAllowed, "0 of 2 regions");

    [Fact]
    public void RegionUnreachable_says_the_last_contact()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        region.Pass(TimeSpan.FromSeconds(30));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template()) with { Inputs = [new InputRef("file:///x", Some.West, 1)] })));

        Says(region.Explain(Some.Task()), PendingReason.RegionUnreachable, "30 s ago");
    }

    [Fact]
    public void WaitingForDependency_counts_what_has_ended()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("train", 0, 3), Specs.Group("eval", 3, 1, "train"))));
        region.AnswerDispatches();
        region.Ask(new TaskSettled(Some.Task(0)));

        Says(region.Explain(Some.Task(3)), PendingReason.WaitingForDependency, "train: 1 of 3 tasks");
    }

    [Fact]
    public void BehindInQueue_says_the_position()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Shell.Receive(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2))), out _);

        Says(region.Explain(Some.Task(1)), PendingReason.BehindInQueue, "position 2 of 2", "placed 0");     // in one cycle: asked before the tick
    }

    [Fact]
    public void A_running_task_says_where()
    {
        var region = Region(Some.Template(1000), tasks: 1);
        region.AnswerDispatches();
        region.Ask(new TaskRuns(Some.Attempt(1), Some.N1, MachineHarness.Start));
        region.Pass(TimeSpan.FromSeconds(7));

        var explanation = region.Explain(Some.Task());

        Assert.Equal((TaskPhase.Running, (PendingReason?)null), (explanation.Phase, explanation.Reason));
        Assert.Equal("attempt 1 runs on us-east/n1 for 7 s", explanation.Evidence);
    }

    [Fact]
    public void Every_node_is_turned_down_once_or_fits() => Gen.Select(Gen.Int[0, 4].Array[0, 8], Gen.Int[0, 5], Gen.Int[0, 5]).Sample((sizes, phase, asked) =>
    {
        var ledger = new NodeLedger();
        for (var i = 0; i < sizes.Length; i++) ledger.Add(i, Some.Cpus(sizes[i] * 1000, 1024), i % 2 == 0 ? NodePhase.Ready : (NodePhase)phase);

        var (verdict, region) = OwnRegion.Judge(Nodes.Shape(Some.Cpus(asked * 1000)), Some.East, ledger);

        Assert.Equal(sizes.Length, region.Fitting + region.TurnedDown.Sum(t => t.Nodes));
        Assert.Equal(region.Fitting > 0, verdict.Reason == PendingReason.BehindInQueue);
        Assert.Contains(verdict.Evidence, char.IsDigit);
        Assert.NotEmpty(verdict.Next);
    });

    private static Explanation Explain(TaskTemplate template) => Region(template, tasks: 1).Explain(Some.Task());

    private static MachineHarness Region(TaskTemplate template, int tasks, params NodeId[] nodes)
    {
        var region = RegionHarness.Confirmed().WithNodes(nodes.Length == 0 ? [Some.N1] : nodes);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks, template))));
        return region;
    }

    private static void Says(Explanation explanation, PendingReason reason, params string[] words)
    {
        Assert.Equal((TaskPhase.Pending, (PendingReason?)reason), (explanation.Phase, explanation.Reason));
        Assert.All(words, word => Assert.Contains(word, explanation.Evidence, StringComparison.Ordinal));
        Assert.NotEmpty(explanation.Next);
        Assert.Equal(2, explanation.Regions.Length);
    }
}
