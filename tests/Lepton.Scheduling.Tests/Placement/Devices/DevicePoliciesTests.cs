using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Tests.Placement.Devices;

/// <summary>Each policy on clusters small enough to see the answer.</summary>
public sealed class DevicePoliciesTests
{
    [Fact]
    public void Dot_product_keeps_large_nodes_for_large_requests() =>
        Assert.Equal(1, Place("dotprod", Pools.Half, Pools.Of(Pools.Roomy(8), Pools.Roomy(2))).Node);

    [Fact]
    public void Best_fit_leaves_the_least_over()
    {
        var nodes = Pools.Of(Pools.Roomy(4), Pools.Roomy(4));
        nodes.Take(1, Pools.Whole, -1);
        Assert.Equal(1, Place("bestfit", Pools.Whole, nodes).Node);
    }

    [Fact]
    public void Clustering_prefers_a_node_that_holds_the_same_kind_only()
    {
        var nodes = Pools.Of(Pools.Roomy(4), Pools.Roomy(4), Pools.Roomy(4));
        nodes.Take(0, Pools.Half, 0);
        nodes.Take(0, Pools.Whole, -1);
        nodes.Take(2, Pools.Whole, -1);
        Assert.Equal(2, Place("clustering", Pools.Whole, nodes).Node);
        Assert.Equal(0, Place("clustering", Pools.Half, nodes).Node);
    }

    [Fact]
    public void Packing_shares_a_gpu_in_use_before_it_opens_another()
    {
        var nodes = Pools.Of(Pools.Roomy(4), Pools.Roomy(4), Pools.Roomy(4));
        nodes.Take(1, Pools.Whole, -1);
        nodes.Take(2, Pools.Half, 3);
        Assert.Equal(new DeviceSlot(2, 0b1000), Place("packing", Pools.Half, nodes));
        Assert.Equal(1, Place("packing", new RequestClass(0, 0, 3, 1000), nodes).Node);
    }

    [Theory]
    [InlineData("fgd")]
    [InlineData("lepton")]
    public void A_share_goes_beside_its_like_and_leaves_whole_gpus_whole(string policy)
    {
        var nodes = Pools.Of(Pools.Roomy(2), Pools.Roomy(2));
        nodes.Take(1, Pools.Half, 1);
        Assert.Equal(new DeviceSlot(1, 0b10), Place(policy, Pools.Half, nodes, Pools.Whole));
    }

    [Fact]
    public void Lepton_pairs_the_shares_that_fill_a_gpu_together()
    {
        var (large, middle, small) = (new RequestClass(0, 0, 1, 700), new RequestClass(0, 0, 1, 400), new RequestClass(0, 0, 1, 300));
        var nodes = Pools.Of(Pools.Roomy(1), Pools.Roomy(1));
        nodes.Take(0, middle, 0);
        nodes.Take(1, large, 0);
        Assert.Equal(1, Place("lepton", small, nodes, large, middle, middle).Node);
    }

    [Fact]
    public void Lepton_keeps_the_model_that_others_must_have()
    {
        var nodes = Pools.Of(Pools.Roomy(2, model: 0), Pools.Roomy(2, model: 1));
        Assert.Equal(1, Place("lepton", Pools.Whole, nodes, Pools.Whole with { Models = 0b01 }).Node);
    }

    [Fact]
    public void Lepton_gives_a_task_of_much_cpu_to_the_node_that_has_more_than_its_gpus_need()
    {
        var nodes = Pools.Of(new NodeShape(16_000, 262_144, 2, 0), new NodeShape(64_000, 262_144, 2, 0));
        Assert.Equal(1, Place("lepton", new RequestClass(12_000, 0, 1, 1000), nodes, Pools.Whole).Node);
    }

    [Fact]
    public void A_name_that_is_no_policy_is_refused_with_those_that_are() =>
        Assert.Contains("random, dotprod, clustering, packing, bestfit, fgd, lepton", Assert.Throws<ArgumentException>(() => DevicePolicies.Named("fdg")).Message, StringComparison.Ordinal);

    private static DeviceSlot Place(string policy, RequestClass request, NodePool nodes, params RequestClass[] alsoExpected) =>
        Pools.Placer(nodes, policy, [request, .. alsoExpected]).Place(0);
}
