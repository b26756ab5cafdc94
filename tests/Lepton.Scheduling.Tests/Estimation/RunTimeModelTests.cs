using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Estimation;

namespace Lepton.Scheduling.Tests.Estimation;

public sealed class RunTimeModelTests
{
    private static readonly DateTimeOffset Start = MachineHarness.Start;
    private static readonly RunTimeKey Train = new("team/train/main", "H100", "8 H100");

    [Fact]
    public void Is_within_a_bin_of_the_true_quantile() => Gen.Select(Gen.Double[0.01, 100_000].Array[1, 200], Gen.Double[0.05, 0.95]).Sample((seconds, share) =>
    {
        var sketch = new RunTimeSketch();
        foreach (var s in seconds) sketch.Add(TimeSpan.FromSeconds(s), Start);
        if (sketch.Bins == RunTimeSketch.BinLimit) return;

        var sorted = seconds.Order().ToArray();
        var exact = sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length - 1e-9) - 1)];
        var ratio = sketch.Quantile(share).TotalSeconds / exact;

        Assert.InRange(ratio, 1 / 1.2, 1.2);       // 2^(1/4) = 1.19
    });

    [Fact]
    public void Grows_with_the_share_and_stays_small() => Gen.Double[0.001, 1e7].Array[1, 400].Sample(seconds =>
    {
        var sketch = new RunTimeSketch();
        foreach (var s in seconds) sketch.Add(TimeSpan.FromSeconds(s), Start);

        Assert.InRange(sketch.Bins, 1, RunTimeSketch.BinLimit);
        Assert.InRange(sketch.WeightAt(Start), seconds.Length * 0.999, seconds.Length * 1.001);
        for (var share = 0.1; share < 1; share += 0.1) Assert.True(sketch.Quantile(share) <= sketch.Quantile(share + 0.1));
    });

    [Fact]
    public void Does_not_mind_a_few_outliers()
    {
        var sketch = new RunTimeSketch();
        for (var i = 0; i < 95; i++) sketch.Add(TimeSpan.FromSeconds(60), Start);
        for (var i = 0; i < 5; i++) sketch.Add(TimeSpan.FromDays(3), Start);

        Assert.InRange(sketch.Quantile(0.5).TotalSeconds, 50, 72);
        Assert.InRange(sketch.Quantile(0.9).TotalSeconds, 50, 72);
    }

    [Fact]
    public void Follows_what_is_newer()
    {
        var sketch = new RunTimeSketch();
        for (var i = 0; i < 20; i++) sketch.Add(TimeSpan.FromHours(10), Start);
        for (var i = 0; i < 8; i++) sketch.Add(TimeSpan.FromHours(1), Start + (RunTimeSketch.HalfLife * 3));

        Assert.InRange(sketch.Quantile(0.5).TotalHours, 0.8, 1.3);
        Assert.InRange(sketch.WeightAt(Start + (RunTimeSketch.HalfLife * 3)), 10.4, 10.6);
    }

    [Fact]
    public void Survives_centuries_without_losing_count()
    {
        var sketch = new RunTimeSketch();
        for (var i = 0; i < 300; i++) sketch.Add(TimeSpan.FromMinutes(1), Start + (RunTimeSketch.HalfLife * i * 10));

        Assert.InRange(sketch.WeightAt(sketch.LastAt), 0.99, 1.01);
        Assert.InRange(sketch.Quantile(0.5).TotalSeconds, 50, 72);
    }

    [Fact]
    public void Falls_back_from_the_exact_class_to_the_class_to_the_demand()
    {
        var model = new RunTimeModel();
        Assert.Null(model.Predict(Train, Start));
        Learn(model, Train with { Class = "team/other/main" }, 10, 3);
        Assert.Equal(EstimateBasis.SameDemand, model.Predict(Train, Start)!.Basis);
        Learn(model, Train with { Device = "A100", Demand = "8 A100" }, 30, 3);
        Assert.Equal(EstimateBasis.SameClass, model.Predict(Train, Start)!.Basis);
        Assert.InRange(model.Predict(Train, Start)!.Median.TotalMinutes, 25, 36);
        Learn(model, Train, 20, 3);
        var exact = model.Predict(Train, Start)!;
        Assert.Equal(EstimateBasis.SameClassAndDevice, exact.Basis);
        Assert.InRange(exact.Median.TotalMinutes, 16, 24);
        Assert.True(exact.Low <= exact.Median && exact.Median <= exact.High);

        var later = model.Predict(Train, Start + (RunTimeSketch.HalfLife * 2));
        Assert.Null(later);     // three runs, each worth a quarter by now
    }

    [Fact]
    public void Learns_models_apart_and_answers_with_the_mix_where_the_model_is_not_known()
    {
        var model = new RunTimeModel();
        var any = Train with { Device = "" };
        Learn(model, any.On("H100"), 10, 8);
        Learn(model, any.On("A10"), 60, 8);

        Assert.InRange(model.Predict(any.On("H100"), Start)!.Median.TotalMinutes, 8, 12);
        Assert.InRange(model.Predict(any.On("A10"), Start)!.Median.TotalMinutes, 50, 72);
        var mix = model.Predict(any, Start)!;
        Assert.Equal(EstimateBasis.SameClass, mix.Basis);
        Assert.InRange(mix.High.TotalMinutes, 50, 72);         // who must not be late goes by the slower one
        Assert.InRange(mix.Low.TotalMinutes, 8, 12);

        // Another class that asks for the same: on the model first, then on any.
        var other = any with { Class = "team/other/main" };
        Assert.Equal((EstimateBasis.SameDemand, true), (model.Predict(other.On("A10"), Start)!.Basis, model.Predict(other.On("A10"), Start)!.Low.TotalMinutes > 40));
        Assert.InRange(model.Predict(other.On("L4"), Start)!.Low.TotalMinutes, 8, 12);
        Assert.Null(model.Predict(other with { Demand = "else" }, Start));
    }

    [Fact]
    public void Names_the_only_model_that_is_asked_for_and_none_where_there_is_a_choice()
    {
        RunTimeKey Of(params DeviceAsk[] asks) => RunTimeKey.Of("c", Gpus.Template(asks).Demand);
        Assert.Equal("H100", Of(Gpus.Ask() with { Models = ["H100"] }).Device);
        Assert.Equal("H100 3g.40gb", Of(Gpus.Ask() with { Models = ["H100"], MigProfile = "3g.40gb" }).Device);
        Assert.Equal("", Of(Gpus.Ask() with { Models = ["H100", "A100"] }).Device);
        Assert.Equal("", Of(Gpus.Ask()).Device);
        Assert.Equal("", Of(Gpus.Ask() with { Models = ["H100"] }, Gpus.Ask() with { Models = ["A100"] }).Device);
        Assert.Equal("cpu", Of().Device);
    }

    [Fact]
    public void Is_bounded_and_forgets_the_longest_silent_first()
    {
        var model = new RunTimeModel(30);
        for (var i = 0; i < 100; i++) Learn(model, new RunTimeKey($"c{i:D3}", "cpu", $"d{i:D3}"), 1, 3, Start.AddMinutes(i));

        Assert.Equal(30, model.Count);
        Assert.Null(model.Predict(new RunTimeKey("c000", "cpu", "d000"), Start));
        Assert.NotNull(model.Predict(new RunTimeKey("c099", "cpu", "d099"), Start.AddMinutes(100)));
    }

    private static void Learn(RunTimeModel model, RunTimeKey key, int minutes, int runs, DateTimeOffset? at = null)
    {
        for (var i = 0; i < runs; i++) model.Learn(key, TimeSpan.FromMinutes(minutes), at ?? Start);
    }
}
