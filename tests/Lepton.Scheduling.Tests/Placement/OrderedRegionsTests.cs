using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

public sealed class OrderedRegionsTests
{
    private static readonly RegionId South = new("ap-south");

    private static readonly RegionSettings Settings = Some.Settings() with { Fleet = [Some.East, Some.West, South] };

    [Fact]
    public void The_first_region_of_the_list_that_has_room_is_taken()
    {
        Assert.Equal(Some.West, Choose(Shape(Some.West, Some.East), 4000)?.Region);
        Assert.Equal(Nodes.Id(0).Region, Choose(Shape(Some.East, Some.West), 4000)?.Region);
        Assert.Equal(Some.West, Choose(Shape(Some.East, Some.West, South), 500)?.Region);
        Assert.Equal(South, Choose(Shape(South, Some.West), 4000)?.Region);
        Assert.Equal(Some.East, Choose(Shape(Some.West, Some.East), 4000, refused: Some.West)?.Region);
        Assert.Equal(South, Choose(Shape(Some.West, South, Some.East), 4000, westFree: 500)?.Region);
    }

    [Fact]
    public void Where_the_order_does_not_count_the_own_region_goes_first()
    {
        Assert.Equal(Some.East, Choose(Shape(false, Some.West, Some.East), 4000)?.Region);
        Assert.NotEqual(Shape(Some.West, Some.East), Shape(Some.East, Some.West));
        Assert.Equal(Shape(false, Some.West, Some.East), Shape(false, Some.East, Some.West));
    }

    [Fact]
    public void A_gang_goes_to_a_region_that_is_preferred_to_its_own()
    {
        var picker = Picker(4000, 64_000);

        Assert.Equal(Some.West, picker.PickElsewhere(Shape(Some.West, Some.East, South), 4, [], MachineHarness.Start, preferred: true)?.Region);
        Assert.Null(picker.PickElsewhere(Shape(Some.East, Some.West), 4, [], MachineHarness.Start, preferred: true));
        Assert.Equal(Some.West, picker.PickElsewhere(Shape(Some.East, Some.West), 4, [], MachineHarness.Start)?.Region);
        Assert.Null(picker.PickElsewhere(Shape(Some.East, Some.West), 400, [], MachineHarness.Start));
    }

    private static (RegionId Region, bool IsHere)? Choose(TaskShape shape, long freeHere, long westFree = 64_000, RegionId? refused = null)
    {
        var choice = Picker(freeHere, westFree).Pick(shape, refused is { } no ? [no] : [], MachineHarness.Start);
        return choice.Node is { } node ? (node.Id.Region, true) : choice.Region is { } peer ? (peer.Region, false) : null;
    }

    private static RegionPicker Picker(long freeHere, long westFree)
    {
        var peers = new PeerBook(Settings);
        peers.Restart(MachineHarness.Start);
        peers.Hear(RegionHarness.Summary(Some.West, freeMilli: westFree), MachineHarness.Start);
        peers.Hear(RegionHarness.Summary(South), MachineHarness.Start);
        return new RegionPicker(Some.East, Nodes.Ledger(Some.Cpus(freeHere, 4096)), peers);
    }

    private static TaskShape Shape(params RegionId[] regions) => Shape(true, regions);

    private static TaskShape Shape(bool ordered, params RegionId[] regions) =>
        TaskShape.Of(Some.Template() with { Regions = regions.ToImmutableArray(), RegionsOrdered = ordered }, null, Settings.Fleet);
}
