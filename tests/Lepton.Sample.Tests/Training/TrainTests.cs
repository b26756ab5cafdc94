using Lepton.Sample.Data;

namespace Lepton.Sample.Tests.Training;

public sealed class TrainTests
{
    [Fact]
    public void Same_input_and_parameters_give_the_same_model()
    {
        using var scratch = new Scratch();
        var input = TrainedTask.WriteSlice(scratch, "us-east");

        TrainedTask.Run(scratch.Path("a"), input);
        TrainedTask.Run(scratch.Path("b"), input);

        Assert.Equal(TrainedTask.Predictions(scratch.Path("a"), input), TrainedTask.Predictions(scratch.Path("b"), input));
        Assert.Equal(File.ReadAllLines(scratch.Path("a", "metrics.jsonl")), File.ReadAllLines(scratch.Path("b", "metrics.jsonl")));
    }

    [Fact]
    public void Never_learns_from_held_out_rows()
    {
        using var scratch = new Scratch();
        var input = TrainedTask.WriteSlice(scratch, "us-east");
        TrainedTask.Run(scratch.Path("a"), input);
        var expected = TrainedTask.Predictions(scratch.Path("a"), input);

        using var other = new Scratch();
        var changed = TrainedTask.WriteSlice(other, "us-east",
            row => TimeSplit.Default.PartOf(row) == Part.HeldOut ? row with { Deleted = row.Deleted + 1_000_000 } : row);
        TrainedTask.Run(other.Path("a"), changed);

        Assert.NotEqual(PodFile.Fingerprint(input), PodFile.Fingerprint(changed));
        Assert.Equal(expected, TrainedTask.Predictions(other.Path("a"), input));
    }

    [Fact]
    public void Reports_a_learning_curve_that_falls_on_the_rows_it_fits()
    {
        using var scratch = new Scratch();

        var log = TrainedTask.Run(scratch.Path("a"), TrainedTask.WriteSlice(scratch, "ap-south"));

        Assert.Contains("trial trees    50/50", log.ReplaceLineEndings("\n"));
        var curve = File.ReadLines(scratch.Path("a", "metrics.jsonl"))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .Where(metric => metric.GetProperty("name").GetString() == "fit_rmse")
            .Select(metric => (Step: metric.GetProperty("step").GetInt32(), Value: metric.GetProperty("value").GetDouble()))
            .ToList();
        Assert.Equal([25, 50], curve.Select(point => point.Step));
        Assert.True(curve[1].Value < curve[0].Value);
    }
}
