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
    public void Gives_the_benefit_of_the_doubt_to_a_region_never_heard()
    {
        Assert.True(Ask(Some.Template(16_000), View(Some.Cpus(8000, 4096), null)).IsPossible);
        Assert.True(Ask(Some.Template(16_000)).IsPossible);
    }

    [Fact]
    public void Finds_no_place_for_devices()
    {
        var template = Some.Template() with { Demand = new Demand(Some.Cpus(1000)) { Asks = [new DeviceAsk { Count = 2, Models = ["H100"] }] }, Regions = [Some.East] };

        var answer = Ask(template, View(Some.Cpus(8000, 4096), null));

        Assert.False(answer.IsPossible);
        Assert.Contains("2 H100", answer.Evidence, StringComparison.Ordinal);
    }

    private static CanEverFit Ask(TaskTemplate template, params RegionView[] views) => Fitness.Of(Specs.Group("only", 0, 1, template), views, Fleet);

    private static RegionView View(Capacity size, RegionSummary? west) => new(
        RegionHarness.Summary(Some.East),
        [new NodeView(Some.N1, NodePhase.Ready, size, Capacity.Zero, 0, MachineHarness.Start, "1.0")],
        [new PeerView(Some.West, west, west is null ? null : MachineHarness.Start)]);
}
