using System.Text.Json.Nodes;
using Lepton.Sample.Training;

namespace Lepton.Sample.Tests.Training;

public sealed class CheckpointsTests
{
    private const string ThreeStages = "--trees 60 --leaves 4 --rate 0.1";

    [Theory]
    [InlineData(1)] // in the middle of the trial
    [InlineData(3)] // between the two growths
    [InlineData(5)] // in the middle of the final one
    public void A_restored_training_ends_with_the_model_of_an_uninterrupted_one(int stagesBefore)
    {
        using var scratch = new Scratch();
        var input = TrainedTask.WriteSlice(scratch, "us-east");
        TrainedTask.Run(scratch.Path("whole"), input, ThreeStages, checkpoints: scratch.Path("kept"));
        CutTo(scratch.Path("kept"), stagesBefore);

        var log = TrainedTask.Run(scratch.Path("again"), input, ThreeStages, checkpoints: scratch.Path("next"), restore: scratch.Path("kept"));

        Assert.Contains("restored", log);
        Assert.Equal(TrainedTask.Predictions(scratch.Path("whole"), input), TrainedTask.Predictions(scratch.Path("again"), input));
        // The new folder stands alone: it can be restored from in turn, with nothing left to grow.
        var last = TrainedTask.Run(scratch.Path("third"), input, ThreeStages, restore: scratch.Path("next"));
        Assert.Contains("restored 120 trees", last);
        Assert.DoesNotContain("trial trees", last);
    }

    [Fact]
    public void Refuses_a_damaged_checkpoint()
    {
        using var scratch = new Scratch();
        var input = TrainedTask.WriteSlice(scratch, "us-east");
        TrainedTask.Run(scratch.Path("whole"), input, checkpoints: scratch.Path("kept"));
        File.AppendAllText(scratch.Path("kept", "trial-0001.zip"), "x");

        var refusal = Assert.Throws<InvalidDataException>(() => TrainedTask.Run(scratch.Path("again"), input, restore: scratch.Path("kept")));

        Assert.Contains("trial-0001.zip", refusal.Message);
    }

    [Fact]
    public void Refuses_the_checkpoint_of_other_work()
    {
        using var scratch = new Scratch();
        var input = TrainedTask.WriteSlice(scratch, "us-east");
        TrainedTask.Run(scratch.Path("whole"), input, checkpoints: scratch.Path("kept"));

        var refusal = Assert.Throws<InvalidDataException>(() =>
            TrainedTask.Run(scratch.Path("again"), input, "--trees 50 --leaves 8 --rate 0.1", restore: scratch.Path("kept")));

        Assert.Contains("50 trees, 4 leaves", refusal.Message);
    }

    /// <summary>Makes the folder what it was after the first <paramref name="stages"/> stages.</summary>
    private static void CutTo(string folder, int stages)
    {
        var path = Path.Combine(folder, Checkpoints.ManifestFile);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        var files = manifest["files"]!.AsArray();
        Assert.Equal(6, files.Count);
        while (files.Count > stages)
        {
            File.Delete(Path.Combine(folder, files[^1]!.GetValue<string>()));
            manifest["sha256"]!.AsObject().Remove(files[^1]!.GetValue<string>());
            files.RemoveAt(files.Count - 1);
        }
        manifest["step"] = Enumerable.Range(0, stages).Sum(i => i % 3 == 2 ? 10 : 25);
        File.WriteAllText(path, manifest.ToJsonString());
    }
}
