using CsCheck;
using Lepton.Scheduling.Placement.Devices;
using Lepton.Scheduling.Placement.Devices.Pricing;

namespace Lepton.Scheduling.Tests.Placement.Devices.Pricing;

public sealed class SharePricesTests
{
    [Fact]
    public void A_share_that_fits_beside_what_is_plenty_is_free()
    {
        var prices = SharePrices.Of(Mix((800, 100), (150, 5), (500, 40)));

        Assert.Equal(1, prices.Price(800), 9);
        Assert.Equal(0, prices.Price(150), 9);
        Assert.Equal(0.5, prices.Price(500), 9);
        Assert.Equal(0, prices.Worth(200), 9);
        Assert.Equal(1, prices.Worth(1000), 9);
    }

    [Fact]
    public void No_filling_of_a_gpu_costs_more_than_the_gpu() => Gen.Int[1, 1000].Array[1, 10].Sample(sizes =>
    {
        var prices = SharePrices.Of(Mix([.. sizes.Select(s => (s, 1.0))]));
        Assert.InRange(prices.Worth(NodePool.WholeGpu), 0, 1 + 1e-6);
        foreach (var size in sizes) Assert.InRange(prices.Price(size), 0, 1 + 1e-6);
    }, iter: 100);

    [Fact]
    public void The_ceiling_of_shares_that_never_pair_is_their_size() =>
        Assert.Equal(0.6, AllocationCeiling.Of(Mix((600, 1))), 9);

    [Fact]
    public void The_ceiling_of_shares_that_pair_without_rest_is_everything() =>
        Assert.Equal(1, AllocationCeiling.Of(Mix((600, 1), (400, 1))), 9);

    [Fact]
    public void The_ceiling_drops_the_shares_that_waste_most()
    {
        // As much whole as 600: of 100 GPUs asked 50 are 83.3 shares of 600. Whole ones fill 50, shares 50 of the rest: 50 + 30.
        Assert.Equal(0.8, AllocationCeiling.Of(Mix((1000, 3), (600, 5))), 6);
    }

    private static RequestMix Mix(params (int Size, double Count)[] shares) => RequestMix.Of(shares.Select(s => (new RequestClass(0, 0, 1, s.Size), s.Count)));
}
