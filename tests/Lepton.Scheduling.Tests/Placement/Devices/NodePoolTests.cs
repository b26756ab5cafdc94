using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Tests.Placement.Devices;

public sealed class NodePoolTests
{
    [Fact]
    public void Takes_whole_gpus_from_the_first_free_ones_and_gives_them_back()
    {
        var nodes = Pools.Of(Pools.Roomy(4));
        nodes.Take(0, Pools.Half, 1);

        var slot = nodes.Take(0, new RequestClass(0, 0, 2, 1000), -1);

        Assert.Equal(0b101, slot.Devices);
        Assert.Equal([0, 500, 0, 1000, 0, 0, 0, 0], nodes.GpusFree(0).ToArray());
        Assert.Equal(1500, nodes.GpuFree(0));
        Assert.Equal((1, 1), (nodes.Held(0, 0), nodes.Held(0, 2)));

        nodes.Release(slot, new RequestClass(0, 0, 2, 1000));
        Assert.Equal([1000, 500, 1000, 1000, 0, 0, 0, 0], nodes.GpusFree(0).ToArray());
        Assert.Equal(0, nodes.Held(0, 2));
    }

    [Theory]
    [InlineData(64_001, 0, 0, 0, 0UL)]
    [InlineData(0, 262_145, 0, 0, 0UL)]
    [InlineData(0, 0, 3, 1000, 0UL)]
    [InlineData(0, 0, 1, 501, 0UL)]
    [InlineData(0, 0, 1, 100, 0b10UL)]
    public void Refuses_what_asks_more_of_any_one_thing(int cpu, int memory, int gpus, int gpuMilli, ulong models)
    {
        var nodes = Pools.Of(Pools.Roomy(2));
        nodes.Take(0, new RequestClass(0, 0, 1, 500), 0);
        nodes.Take(0, new RequestClass(0, 0, 1, 500), 1);

        var request = new RequestClass(cpu, memory, gpus, gpuMilli, models);

        Assert.False(nodes.Fits(0, request));
        Assert.Throws<InvalidOperationException>(() => nodes.Take(0, request, 0));
    }

    [Fact]
    public void Does_not_take_a_whole_gpu_made_of_two_halves()
    {
        var nodes = Pools.Of(Pools.Roomy(2));
        nodes.Take(0, Pools.Half, 0);
        nodes.Take(0, Pools.Half, 1);

        Assert.Equal(1000, nodes.GpuFree(0));
        Assert.False(nodes.Fits(0, Pools.Whole));
    }

    [Theory]
    [InlineData(1, 1001)]
    [InlineData(2, 500)]
    [InlineData(9, 1000)]
    [InlineData(0, 10)]
    public void Refuses_a_class_that_no_node_could_run(int gpus, int gpuMilli)
    {
        var nodes = Pools.Of(Pools.Roomy(8));

        var error = Assert.Throws<ArgumentException>(() => Pools.Placer(nodes, "bestfit", new RequestClass(0, 0, gpus, gpuMilli)));

        Assert.Contains(gpuMilli == 1000 ? "9 GPUs" : $"{gpuMilli} milli-GPU", error.Message, StringComparison.Ordinal);
    }
}
