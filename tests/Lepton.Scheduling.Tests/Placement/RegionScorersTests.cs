using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Placement;

/// <summary>Which other region a task goes to: by load, and by price and latency where the region file says so.</summary>
public sealed class RegionScorersTests
{
    private static readonly RegionId South = new("ap-south");
    private static readonly PriceBook Dear = Book(80_000);
    private static readonly PriceBook Cheap = Book(20_000);

    private static PriceBook Book(long cpu) => new("test", [new Price("cpu", cpu, null)]);

    private static RegionSettings Settings() => new()
    {
        Region = Some.East,
        Fleet = [Some.East, Some.West, South],
        Prices = Book(40_000),
        Links = new LinkTable([new Link(Some.East, Some.West, 80, 1000, 0), new Link(Some.East, South, 190, 1000, 0)]),
    };

    /// <summary>West is near, dear and half full; South is far, cheap and as the test says.</summary>
    private static RegionId ChosenBy(RegionSettings settings, long southFree = 16_000, PriceBook? west = null, PriceBook? south = null, InputRef? input = null)
    {
        var peers = new PeerBook(settings);
        peers.Restart(MachineHarness.Start);
        peers.Hear(RegionHarness.Summary(Some.West, freeMilli: 32_000) with { Prices = west ?? Dear }, MachineHarness.Start);
        peers.Hear(RegionHarness.Summary(South, freeMilli: southFree) with { Prices = south ?? Cheap }, MachineHarness.Start);
        var picker = new RegionPicker(Some.East, new NodeLedger(), peers);
        return picker.Pick(TaskShape.Of(Some.Template(), input, settings.Fleet), [], MachineHarness.Start).Region!.Region;
    }

    [Fact]
    public void By_default_only_what_is_free_counts()
    {
        Assert.Equal(Some.West, ChosenBy(Settings()));
        Assert.Equal(South, ChosenBy(Settings(), southFree: 48_000));
    }

    [Fact]
    public void A_weight_on_the_price_takes_the_cheaper_region() => Assert.Equal(South, ChosenBy(Settings() with { PriceWeight = 5 }));

    [Fact]
    public void A_weight_on_the_latency_takes_the_nearer_region() => Assert.Equal(Some.West, ChosenBy(Settings() with { LatencyWeight = 5 }, southFree: 64_000));

    [Fact]
    public void What_has_no_price_counts_as_costing_the_same() =>
        Assert.Equal(Some.West, ChosenBy(Settings() with { PriceWeight = 5, Prices = new PriceBook("", []) }));

    [Fact]
    public void Where_the_data_is_comes_before_every_weight() => Gen.Select(Gen.Double[0, 100], Gen.Double[0, 100], Gen.Double[0, 100]).Sample((load, price, latency) =>
    {
        var settings = Settings() with { LoadWeight = load, PriceWeight = price, LatencyWeight = latency };
        Assert.Equal(Some.West, ChosenBy(settings, 64_000, input: new InputRef("http://x", Some.West, 1)));
    });

    [Fact]
    public void Every_score_lies_between_0_and_1_and_a_cheaper_region_never_loses_by_price() => Gen.Select(Gen.Long[0, 1_000_000], Gen.Long[0, 1_000_000]).Sample((one, other) =>
    {
        var settings = Settings() with { LoadWeight = 0, PriceWeight = 1 };
        var chosen = ChosenBy(settings, west: Book(one), south: Book(other));
        Assert.True(one == other || chosen == (one < other ? Some.West : South));
        var shape = TaskShape.Of(Some.Template(), null, settings.Fleet);
        shape.PriceHere = one;
        var peer = new Peer(South, 190);
        peer.Hear(RegionHarness.Summary(South) with { Prices = Book(other) }, MachineHarness.Start, TimeSpan.Zero);
        Assert.All(PlacementPolicies.RegionScorers, s => Assert.InRange(s.Score(shape, peer), 0, 1));
    });

    [Fact]
    public void Every_scorer_of_regions_has_a_weight() => Assert.All(PlacementPolicies.RegionScorers, s => Assert.True(PlacementPolicies.WeightOf(s, Settings()) >= 0));

    [Fact]
    public void To_score_a_region_allocates_nothing()
    {
        var shape = TaskShape.Of(Some.Template(), null, Settings().Fleet);
        shape.PriceHere = 1;
        var peer = new Peer(South, 190);
        peer.Hear(RegionHarness.Summary(South) with { Prices = Cheap }, MachineHarness.Start, TimeSpan.Zero);
        double Sum()
        {
            var sum = 0.0;
            foreach (var scorer in PlacementPolicies.RegionScorers) sum += scorer.Score(shape, peer);
            return sum;
        }

        _ = Sum();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _ = Sum();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
