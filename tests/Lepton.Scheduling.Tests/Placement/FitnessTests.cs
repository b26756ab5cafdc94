using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class FitnessTests
{
    private static readonly ImmutableArray<RegionId> Fleet = [Some.East, Some.West];

    [Fact]
    public void Says_the_nearest_shape_of_what_fits_no_node_anywhere()
    {
        var answer = Ask(Some.Template(16_000), View(Some.Cpus(8000, 4096), RegionHarness.Summary(Some.West, largest: 12_000)));

        Assert.False(answer.IsPossible);
        Assert.Contains("16 cpus", answer.Evidence, StringComparison.Ordinal);
        Assert.Contains("12 cpus", answer.Evidence, StringComparison.Ordinal);
        Assert.Contains("at most 12 cpus", answer.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_the_regions_that_a_task_may_run_in_only()
    {
        var view = View(Some.Cpus(8000, 4096), RegionHarness.Summary(Some.West, largest: 64_000));

        Assert.True(Ask(Some.Template(16_000), view).IsPossible);
        Assert.False(Ask(Some.Template(16_000) with { Regions = [Some.East] }, view).IsPossible);
        Assert.False(Ask(Some.Template(1000) with { Regions = [new RegionId("nowhere")] }, view).IsPossible);
    }

    [Fact]
    public void Counts_the_members_of_a_gang_that_one_region_could_hold_together()
    {
        var view = View(Some.Cpus(8000, 4096), RegionHarness.Summary(Some.West, total: 20_000));       // 8 members here, 20 there

        Assert.True(Ask(Some.Template() with { GangSize = 20 }, view, 20).IsPossible);
        var answer = Ask(Some.Template() with { GangSize = 21 }, view, 21);
        Assert.False(answer.IsPossible);
        Assert.Contains("21 members of 1 cpu", answer.Evidence, StringComparison.Ordinal);
        Assert.Contains("eu-west, the nearest, holds 20", answer.Evidence, StringComparison.Ordinal);
        Assert.Contains("20 members", answer.Hint, StringComparison.Ordinal);
        Assert.True(Ask(Some.Template() with { GangSize = 21 }, View(Some.Cpus(8000, 4096), null), 21).IsPossible);
    }

    [Fact]
    public void Gives_the_benefit_of_the_doubt_to_a_region_never_heard()
    {
        Assert.True(Ask(Some.Template(16_000), View(Some.Cpus(8000, 4096), null)).IsPossible);
        Assert.True(Ask(Some.Template(16_000)).IsPossible);
    }

    [Fact]
    public void Knows_what_nodes_are_labelled_and_believes_regions_that_do_not_say()
    {
        var view = View(Some.Cpus(8000, 4096), RegionHarness.Summary(Some.West) with { Labels = ["zone=b"] });
        view = view with { Nodes = [view.Nodes[0] with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("zone", "c") }] };

        Assert.True(Ask(NodeRulesTests.Select("zone", "c"), view).IsPossible);
        Assert.True(Ask(NodeRulesTests.Select("zone", "b"), view).IsPossible);
        Assert.True(Ask(NodeRulesTests.Select("zone", "a"), View(Some.Cpus(8000, 4096), RegionHarness.Summary(Some.West))).IsPossible);
        var answer = Ask(NodeRulesTests.Select("zone", "a"), view);
        Assert.False(answer.IsPossible);
        Assert.Contains("1 node: zone is c, asked a; ", answer.Evidence, StringComparison.Ordinal);
        Assert.Contains("of eu-west: none labelled so", answer.Evidence, StringComparison.Ordinal);
        var large = Ask(Some.Template(16_000) with { NodeSelector = ImmutableSortedDictionary<string, string>.Empty.Add("zone", "c"), Regions = [Some.East] }, view);
        Assert.Contains("8 cpus", large.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_no_place_for_devices()
    {
        var template = Some.Template() with { Demand = new Demand(Some.Cpus(1000)) { Asks = [new DeviceAsk { Count = 2, Models = ["H100"] }] }, Regions = [Some.East] };

        var answer = Ask(template, View(Some.Cpus(8000, 4096), null));

        Assert.False(answer.IsPossible);
        Assert.Contains("2 H100", answer.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_devices_on_nodes_and_in_what_other_regions_say_and_names_the_nearest_otherwise()
    {
        var here = View(Some.Cpus(8000, 4096), null);
        var node = here.Nodes[0] with
        {
            Devices = [.. new[] { 0, 1 }.Select(n => new DeviceView(Gpus.H100(n), new DeviceState($"GPU-{n}", DevicePhase.Lost, Some.Epoch1, default, "gone"), 1000, 0))],
        };
        here = here with { Nodes = [node] };
        var pool = new DevicePool(DeviceKind.Gpu, "A100", 40 * Gpus.GiB, null, null, false, 16, 0, 0, 8, 0, 8, 0, 0, null, IsolationAbilities.None);
        var west = RegionHarness.Summary(Some.West) with { Devices = [pool] };

        Assert.True(Ask(Gpus.Template(Gpus.Ask(2) with { Models = ["H100"] }) with { Regions = [Some.East] }, here).IsPossible);
        Assert.False(Ask(Gpus.Template(Gpus.Ask(3) with { Models = ["H100"] }) with { Regions = [Some.East] }, here).IsPossible);
        Assert.True(Ask(Gpus.Template(Gpus.Ask(8) with { Models = ["A100"] }), View(Some.Cpus(8000, 4096), west)).IsPossible);
        var answer = Ask(Gpus.Template(Gpus.Ask(9) with { Models = ["A100", "H100"] }), here with { Peers = [new PeerView(Some.West, west, MachineHarness.Start)] });
        Assert.False(answer.IsPossible);
        Assert.Contains("us-east/n1, has 2 in all; eu-west has 16 A100 (at most 8 on a node)", answer.Evidence, StringComparison.Ordinal);
        Assert.Contains("ask for at most 2", answer.Hint, StringComparison.Ordinal);
    }

    private static CanEverFit Ask(TaskTemplate template, params RegionView[] views) => Fitness.Of(Specs.Group("only", 0, 1, template), views, Fleet);

    private static CanEverFit Ask(TaskTemplate template, RegionView view, int tasks) => Fitness.Of(Specs.Group("only", 0, tasks, template), [view], Fleet);

    private static RegionView View(Capacity size, RegionSummary? west) => new(
        RegionHarness.Summary(Some.East),
        [new NodeView(Some.N1, NodePhase.Ready, size, Capacity.Zero, 0, MachineHarness.Start, "1.0")],
        [new PeerView(Some.West, west, west is null ? null : MachineHarness.Start)]);
}
