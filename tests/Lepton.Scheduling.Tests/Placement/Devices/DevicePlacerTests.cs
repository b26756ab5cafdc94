using CsCheck;
using Lepton.Scheduling.Placement.Devices;
using Lepton.Scheduling.Placement.Devices.Policies;

namespace Lepton.Scheduling.Tests.Placement.Devices;

public sealed class DevicePlacerTests
{
    private static readonly Gen<(NodeShape[] Nodes, RequestClass[] Requests, int[] Steps)> Histories =
        Gen.Select(Pools.Node.Array[1, 12], Pools.Request.Array[1, 5], Gen.Int[0, 999].Array[0, 60]);

    public static TheoryData<string> Steady() => [.. DevicePolicies.All.Select(p => p.Name).Where(n => n != "random")];

    public static TheoryData<string> Policies() => [.. DevicePolicies.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Never_takes_more_than_there_is_and_gives_all_of_it_back(string policy) => Histories.Sample(h =>
    {
        var nodes = new NodePool(h.Nodes);
        var running = Run(Pools.Placer(nodes, policy, h.Requests), h.Requests, h.Steps, () => AssertWithin(nodes, h.Nodes));
        var gpus = h.Nodes.Select((_, n) => nodes.GpusFree(n).ToArray()).ToList();
        foreach (var (number, slot) in running)
        {
            for (var g = 0; g < NodePool.MostGpus; g++) gpus[slot.Node][g] += (slot.Devices >> g & 1) * h.Requests[number].GpuMilli;
        }

        for (var n = 0; n < h.Nodes.Length; n++)
            Assert.Equal(Enumerable.Range(0, NodePool.MostGpus).Select(g => g < h.Nodes[n].Gpus ? NodePool.WholeGpu : 0), gpus[n]);
    }, iter: 60);

    [Theory]
    [MemberData(nameof(Policies))]
    public void Places_whatever_fits_somewhere(string policy) => Histories.Sample(h =>
    {
        var nodes = new NodePool(h.Nodes);
        var placer = Pools.Placer(nodes, policy, h.Requests);
        foreach (var step in h.Steps)
        {
            var number = step % h.Requests.Length;
            var fits = Enumerable.Range(0, nodes.Count).Any(n => nodes.Fits(n, h.Requests[number]));
            Assert.Equal(fits, placer.Place(number).IsPlaced);
        }
    }, iter: 60);

    [Theory]
    [MemberData(nameof(Policies))]
    public void Decides_the_same_by_the_same_seed(string policy) => Histories.Sample(h =>
        Assert.Equal(
            Run(Pools.Placer(new NodePool(h.Nodes), policy, h.Requests), h.Requests, h.Steps),
            Run(Pools.Placer(new NodePool(h.Nodes), policy, h.Requests), h.Requests, h.Steps)), iter: 30);

    [Fact]
    public void Keeps_costs_that_equal_costs_from_scratch_in_assert_mode() => Histories.Sample(h =>
    {
        foreach (var make in new Func<NodePool, IDevicePolicy>[] { n => new GradientDescent(n, Pools.Evenly(h.Requests), check: true), n => new LeastLoss(n, Pools.Evenly(h.Requests), check: true) })
        {
            var nodes = new NodePool(h.Nodes);
            Run(new DevicePlacer(nodes, [.. h.Requests], make(nodes), check: true), h.Requests, h.Steps);
        }
    }, iter: 100);

    /// <summary>Without bounds, boards and logs: every node asked anew for every task.</summary>
    [Theory]
    [MemberData(nameof(Steady))]
    public void Decides_as_whoever_asks_every_node_each_time(string policy) => Gen.Select(Pools.Node.Array[1, 200], Pools.Request.Array[1, 5], Gen.Int[0, 999].Array[0, 600]).Sample((shapes, requests, steps) =>
    {
        var (kept, plain) = (new NodePool(shapes), new NodePool(shapes));
        var make = DevicePolicies.Named(policy).Create;
        var placer = new DevicePlacer(kept, [.. requests], make(kept, Pools.Evenly(requests), 1));
        Assert.Equal(Run(new EveryNode(plain, make(plain, Pools.Evenly(requests), 1), requests), requests, steps), Run(placer, requests, steps));
    }, iter: 30);

    [Fact]
    public void Asking_every_node_finds_a_score_that_misses_changes()
    {
        RequestClass[] requests = [Pools.Half, Pools.Whole];
        int[] steps = [2, 1];       // the half, then the whole: beside the half it costs as little as alone
        NodePool Two() => Pools.Of(Pools.Roomy(2), Pools.Roomy(2));
        List<(int Number, DeviceSlot Slot)> Placed(Func<IDevicePolicy, IDevicePolicy> of)
        {
            var nodes = Two();
            return Run(new DevicePlacer(nodes, [.. requests], of(new LeastLoss(nodes, Pools.Evenly(requests)))), requests, steps);
        }

        var plain = Two();
        var expected = Run(new EveryNode(plain, new LeastLoss(plain, Pools.Evenly(requests)), requests), requests, steps);
        Assert.Equal(expected, Placed(policy => policy));
        Assert.NotEqual(expected, Placed(policy => new Forgetful(policy)));
    }

    [Fact]
    public void A_bound_that_is_too_high_is_found_as_soon_as_it_misleads()
    {
        var nodes = Pools.Of(Pools.Roomy(4), Pools.Roomy(4));
        var placer = new DevicePlacer(nodes, [Pools.Whole], new Boastful(nodes), check: true);
        placer.Place(0);
        Assert.Contains("was kept", Assert.Throws<InvalidOperationException>(() => placer.Place(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Assert_mode_finds_a_policy_that_changes_its_mind()
    {
        var nodes = Pools.Of(Pools.Roomy(4), Pools.Roomy(4), Pools.Roomy(4));
        var placer = new DevicePlacer(nodes, [Pools.Whole], new Fickle(), check: true);
        Assert.Contains("was kept", Assert.Throws<InvalidOperationException>(() => placer.Place(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var nodes = new NodePool([.. Enumerable.Repeat(Pools.Roomy(8), 200)]);
        RequestClass[] requests = [Pools.Whole, Pools.Half, Pools.CpuOnly, new(1000, 0, 1, 310)];
        var placer = new DevicePlacer(nodes, [.. requests], DevicePolicies.Named(DevicePolicies.Default).Create(nodes, Pools.Evenly(requests), 1));
        for (var i = 0; i < 100; i++) placer.Release(i % 4, placer.Place(i % 4));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 400; i++) placer.Place(i % 4);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static List<(int Number, DeviceSlot Slot)> Run(DevicePlacer placer, RequestClass[] requests, int[] steps, Action? each = null) =>
        Run(placer.Place, placer.Release, requests, steps, each);

    private static List<(int Number, DeviceSlot Slot)> Run(EveryNode placer, RequestClass[] requests, int[] steps) =>
        Run(placer.Place, placer.Release, requests, steps, null);

    private static List<(int Number, DeviceSlot Slot)> Run(Func<int, DeviceSlot> place, Action<int, DeviceSlot> release, RequestClass[] requests, int[] steps, Action? each)
    {
        var running = new List<(int Number, DeviceSlot Slot)>();
        foreach (var step in steps)
        {
            if (step % 3 == 0 && running.Count > 0)
            {
                var gone = step % running.Count;
                release(running[gone].Number, running[gone].Slot);
                running.RemoveAt(gone);
            }
            else if (place(step % requests.Length) is { IsPlaced: true } slot)
            {
                running.Add((step % requests.Length, slot));
            }

            each?.Invoke();
        }

        return running;
    }

    private static void AssertWithin(NodePool nodes, NodeShape[] shapes)
    {
        for (var n = 0; n < shapes.Length; n++)
        {
            Assert.InRange(nodes.CpuFree(n), 0, shapes[n].CpuMilli);
            Assert.InRange(nodes.MemoryFree(n), 0, shapes[n].MemoryMib);
            for (var g = 0; g < NodePool.MostGpus; g++) Assert.InRange(nodes.GpusFree(n)[g], 0, g < shapes[n].Gpus ? NodePool.WholeGpu : 0);
            Assert.Equal(nodes.GpuFree(n), nodes.GpusFree(n).ToArray().Sum());
        }
    }

    private sealed class EveryNode(NodePool nodes, IDevicePolicy policy, RequestClass[] requests)
    {
        public DeviceSlot Place(int number)
        {
            var (best, least, device) = (-1, float.PositiveInfinity, -1);
            for (var n = 0; n < nodes.Count; n++)
            {
                if (!nodes.Fits(n, requests[number]) || (float)policy.Cost(n, requests[number], out var where) is var cost && cost >= least) continue;
                (best, least, device) = (n, cost, where);
            }

            if (best < 0) return DeviceSlot.None;
            var slot = nodes.Take(best, requests[number], device);
            policy.Changed(best);
            return slot;
        }

        public void Release(int number, DeviceSlot slot)
        {
            nodes.Release(slot, requests[number]);
            policy.Changed(slot.Node);
        }
    }

    /// <summary>As another, but is never told what has changed.</summary>
    private sealed class Forgetful(IDevicePolicy policy) : IDevicePolicy
    {
        public bool IsSteady => true;

        public double Cost(int node, RequestClass request, out int device) => policy.Cost(node, request, out device);

        public double AtLeast(int node, RequestClass request) => policy.AtLeast(node, request);

        public void Changed(int node)
        {
        }
    }

    /// <summary>The fuller the cheaper; the bound says one more than that.</summary>
    private sealed class Boastful(NodePool nodes) : IDevicePolicy
    {
        public bool IsSteady => true;

        public double Cost(int node, RequestClass request, out int device)
        {
            device = -1;
            return nodes.GpuFree(node);
        }

        public double AtLeast(int node, RequestClass request) => Cost(node, request, out _) + 1;

        public void Changed(int node)
        {
        }
    }

    private sealed class Fickle : IDevicePolicy
    {
        private int _asked;

        public bool IsSteady => true;

        public double Cost(int node, RequestClass request, out int device)
        {
            device = -1;
            return _asked++;
        }

        public void Changed(int node)
        {
        }
    }
}
