using System.IO.Compression;
using System.Text.Json;
using Lepton.Sample.Commands;
using Lepton.Sample.Comparing;
using Lepton.Sample.Data;
using Lepton.Sample.Running;
using Lepton.Sample.Tests.Training;

namespace Lepton.Sample.Tests.Comparing;

public sealed class PickTests
{
    [Fact]
    public void Trains_on_three_shards_and_picks_the_best_on_validation_rows()
    {
        using var scratch = new Scratch();
        string[] inputs = [.. Dealer.Regions.Select(region => TrainedTask.WriteSlice(scratch, region))];
        for (var i = 0; i < 6; i++)
            TrainedTask.Run(scratch.Path("train", $"{i}"), inputs[i % 3], i < 3 ? "--trees 25 --leaves 4 --rate 0.1" : "--trees 50 --leaves 8 --rate 0.05");
        Directory.CreateDirectory(scratch.Path("train", "6"));

        var log = Pick(scratch);

        var report = JsonDocument.Parse(File.ReadAllText(scratch.Path("best", "report.json"))).RootElement;
        var candidates = report.GetProperty("candidates").EnumerateArray().ToList();
        Assert.Equal(7, candidates.Count); // six models and the mean of the best of each shard
        Assert.Equal(candidates.Min(Validation), Validation(candidates[0]));
        Assert.Equal(report.GetProperty("winner").GetString(), candidates[0].GetProperty("name").GetString());
        // Each shard's held-out rows count once, though two models bring them.
        var heldOut = Dealer.Regions.Sum(region => Rows.Slice(region).Count(row => TimeSplit.Default.PartOf(row) == Part.HeldOut));
        Assert.All(candidates, candidate => Assert.Equal(heldOut, candidate.GetProperty("heldOut").GetProperty("rows").GetInt32()));
        Assert.Equal(2, report.GetProperty("comparisons").GetArrayLength());

        using var best = ZipFile.OpenRead(scratch.Path("best", "best.zip"));
        Assert.Equal(candidates[0].GetProperty("members").GetArrayLength(), best.Entries.Count(entry => entry.Name.StartsWith("member-", StringComparison.Ordinal)));
        Assert.Contains("no model in", log);
        Assert.Contains("# How long will a task occupy its GPU?", File.ReadAllText(scratch.Path("best", "report.md")));
        Assert.Contains("heldout_rmse", File.ReadAllText(scratch.Path("best.jsonl")));
    }

    [Fact]
    public void Refuses_two_versions_of_one_shard()
    {
        using var scratch = new Scratch();
        var input = TrainedTask.WriteSlice(scratch, "us-east");
        TrainedTask.Run(scratch.Path("train", "0"), input);
        PodFile.Write(input, Rows.Slice("us-east").Skip(1));
        TrainedTask.Run(scratch.Path("train", "1"), input);

        Assert.Contains("different data", Assert.Throws<InvalidDataException>(() => Pick(scratch)).Message);
    }

    [Fact]
    public void Names_a_model_that_cannot_be_read()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Path("train", "0"));
        File.WriteAllText(scratch.Path("train", "0", "model.zip"), "half a model");

        Assert.Contains(scratch.Path("train", "0", "model.zip"), Assert.Throws<InvalidDataException>(() => Pick(scratch)).Message);
    }

    [Fact]
    public void Names_the_missing_rows_of_a_model()
    {
        using var scratch = new Scratch();
        TrainedTask.Run(scratch.Path("train", "0"), TrainedTask.WriteSlice(scratch, "us-east"));
        File.Delete(scratch.Path("train", "0", TrainCommand.HeldOutFile));

        Assert.Contains("declare it as an output", Assert.Throws<InvalidDataException>(() => Pick(scratch)).Message);
    }

    [Fact]
    public void Evaluation_rows_read_back_to_the_bit()
    {
        using var scratch = new Scratch();
        var rows = Sample.Features.FeatureBuilder.Build(Rows.Slice("eu-west"), TimeSplit.Default);

        EvaluationFile.Write(scratch.Path("rows.csv.gz"), rows);

        var read = EvaluationFile.Read(scratch.Path("rows.csv.gz"));
        Assert.Equal(rows.Select(row => (row.Part, row.Shape, row.Target)), read.Select(row => (row.Part, row.Shape, row.Target)));
        Assert.Equal(rows.SelectMany(row => row.Features), read.SelectMany(row => row.Features));
    }

    private static double Validation(JsonElement candidate) => candidate.GetProperty("validation").GetProperty("rmse").GetDouble();

    private static string Pick(Scratch scratch)
    {
        var output = new StringWriter();
        var task = new TaskEnvironment("job/6", "1", scratch.Path("best"), scratch.Path("best.jsonl"), null, null);
        PickCommand.Run(["--models", scratch.Path("train")], task, output);
        return output.ToString();
    }
}
