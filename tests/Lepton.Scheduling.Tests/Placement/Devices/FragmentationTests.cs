using CsCheck;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Tests.Placement.Devices;

public sealed class FragmentationTests
{
    private static readonly RequestMix Mix = Pools.Evenly(Pools.Whole, Pools.Half, Pools.CpuOnly, new RequestClass(16_000, 0, 2, 1000, 0b10));

    [Fact]
    public void Counts_by_the_paper_what_each_shape_cannot_use()
    {
        var fgd = new Fragmentation(Mix, cpuWeight: 0, modelWeight: 1, cpuOnlyLosesAll: true);

        // Free: 1000 + 400. Whole: 400 lost; half: 400; CPU only: all 1400; two GPUs of another model: all 1400.
        Assert.Equal((400 + 400 + 1400 + 1400) / 4.0, fgd.Of(0, 8000, [1000, 400, 0, 0, 0, 0, 0, 0]), 6);

        // Of the other model there is one free GPU, and two are asked: the same.
        Assert.Equal((400 + 400 + 1400 + 1400) / 4.0, fgd.Of(1, 16_000, [1000, 400, 0, 0, 0, 0, 0, 0]), 6);

        // Without CPU everything is lost.
        Assert.Equal(1400, fgd.Of(0, 0, [1000, 400, 0, 0, 0, 0, 0, 0]), 6);
    }

    [Fact]
    public void Counts_the_gpu_that_stays_behind_when_the_cpu_runs_out()
    {
        var ours = new Fragmentation(Pools.Evenly(Pools.Whole), cpuWeight: 0.5, modelWeight: 1, cpuOnlyLosesAll: false);

        // 8 cores feed one whole GPU of the three: two stay behind, counted half.
        Assert.Equal(1000, ours.Of(0, 8000, [1000, 1000, 1000, 0, 0, 0, 0, 0]), 6);
        Assert.Equal(0, ours.Of(0, 24_000, [1000, 1000, 1000, 0, 0, 0, 0, 0]), 6);
    }

    [Fact]
    public void Agrees_with_the_formula_term_by_term() =>
        Gen.Select(Pools.Request.Array[1, 12], Gen.Int[0, 60_000], Gen.Int[0, 1000].Array[8], Gen.Double[0, 2], Gen.Bool).Sample((requests, cpu, gpus, weight, all) =>
        {
            var fragmentation = new Fragmentation(Pools.Evenly(requests), weight, 1 + weight, all);
            for (var model = 0; model < 4; model++)
                Assert.Equal(fragmentation.ByDefinition(model, cpu, gpus), fragmentation.Of(model, cpu, gpus), tolerance: 1e-6);
        });

    [Fact]
    public void The_bound_is_never_above_the_measure() =>
        Gen.Select(Pools.Request.Array[1, 12], Gen.Int[0, 60_000], Gen.OneOf(Gen.Int[0, 1000], Gen.Const(0), Gen.Const(1000)).Array[8], Gen.Double[0, 2], Gen.Bool).Sample((requests, cpu, gpus, weight, all) =>
        {
            var fragmentation = new Fragmentation(Pools.Evenly([.. requests, Pools.Fed, Pools.Unfed]), weight, 1 + weight, all);
            int[] rising = [.. gpus.Order()];
            for (var model = 0; model < 4; model++)
            {
                var (bound, lost) = (fragmentation.AtLeast(model, cpu, rising), fragmentation.Of(model, cpu, gpus));
                Assert.InRange(bound, double.NegativeInfinity, lost + 1e-6);
                if (weight == 0) Assert.Equal(lost, bound, tolerance: 1e-6);
                Assert.Equal(bound, fragmentation.AtLeast(model, cpu, rising.AsSpan(rising.Count(f => f == 0))), tolerance: 1e-6);
            }
        });

    [Fact]
    public void The_bound_is_the_measure_where_cpu_feeds_all_gpus_or_weighs_nothing()
    {
        var requests = new[] { Pools.Whole, Pools.Half, Pools.CpuOnly, new RequestClass(16_000, 0, 2, 1000, 0b10), Pools.Unfed };
        Gen.Select(Gen.Int[0, 400_000], Gen.Int[0, 1000].Array[8]).Sample((cpu, gpus) =>
        {
            var fragmentation = new Fragmentation(Pools.Evenly(requests), cpu > 200_000 ? 0.3 : 0, 20, cpuOnlyLosesAll: false);
            Assert.Equal(fragmentation.Of(0, cpu, gpus), fragmentation.AtLeast(0, cpu, [.. gpus.Order()]), tolerance: 1e-6);
        });
    }

    [Fact]
    public void Keeps_the_most_common_shapes_that_cover_the_part_asked()
    {
        var mix = RequestMix.Of([(Pools.Whole, 60), (Pools.Half, 35), (Pools.CpuOnly, 5)]).Covering(0.95);

        Assert.Equal([60 / 95.0, 35 / 95.0], mix.Shapes.Select(s => s.Weight).ToArray());
    }
}
