using Lepton.Sample.Commands;
using Lepton.Sample.Data;
using Lepton.Sample.Running;
using Lepton.Sample.Training;
using Microsoft.ML;

namespace Lepton.Sample.Tests.Training;

/// <summary>Runs `train` in this process, as an agent would have it run: outputs, metrics and checkpoints in given folders.</summary>
internal static class TrainedTask
{
    public static string Run(
        string outputs, string input, string parameters = "--trees 50 --leaves 4 --rate 0.1", string? checkpoints = null, string? restore = null)
    {
        Directory.CreateDirectory(outputs);
        var task = new TaskEnvironment("job/0", "1", outputs, Path.Combine(outputs, "metrics.jsonl"), checkpoints, restore);
        var output = new StringWriter();
        TrainCommand.Run(["--input", input, .. parameters.Split(' ')], task, output);
        return output.ToString();
    }

    public static string WriteSlice(Scratch scratch, string region, Func<PodRow, PodRow>? change = null)
    {
        var path = scratch.Path(region + PodFile.Extension);
        PodFile.Write(path, Rows.Slice(region).Select(change ?? (row => row)));
        return path;
    }

    /// <summary>What trial and final model of an output folder predict for the rows of their own shard.</summary>
    public static double[] Predictions(string outputs, string input)
    {
        var (models, _) = ModelArchive.Load(new MLContext(1), Path.Combine(outputs, "model.zip"));
        var rows = Sample.Features.FeatureBuilder.Build(PodFile.Read(input), TimeSplit.Default);
        return [.. models.Trial.Predict(rows), .. models.Final.Predict(rows)];
    }
}
