using System.Globalization;
using Lepton.Sample.Comparing;
using Lepton.Sample.Data;
using Lepton.Sample.Features;
using Lepton.Sample.Running;
using Lepton.Sample.Training;

namespace Lepton.Sample.Commands;

/// <summary>`train`: one model from one shard. Never looks at the targets of the held-out rows; only hands these rows on.</summary>
internal static class TrainCommand
{
    public const string HeldOutFile = "heldout.csv.gz";

    public static void Run(IReadOnlyList<string> args, TaskEnvironment task, TextWriter output)
    {
        var options = Options.Parse(args, "input", "trees", "leaves", "rate", "out", "seed");
        var parameters = new BoostParameters(
            Trees: options.Whole("trees", 1, 100_000),
            Leaves: options.Whole("leaves", 2, 1_000),
            Rate: options.Fraction("rate"),
            Seed: options.Whole("seed", 0, int.MaxValue, orElse: 1));
        var input = options.ExistingFile("input");
        var modelPath = task.OutputPath(options.One("out", "model.zip"));

        using var log = new RunLog(output, task.MetricsFile);
        using var stop = StopSignal.Listen(log);
        log.Line($"task {task.TaskId} attempt {task.Attempt}: {parameters} on {input}");

        var shard = PodFile.ShardName(input);
        var split = TimeSplit.Default;
        var rows = FeatureBuilder.Build(PodFile.Read(input), split);
        var fit = rows.Where(row => row.Part == Part.Fit).ToList();
        var validation = rows.Where(row => row.Part == Part.Validation).ToList();
        var heldOut = rows.Where(row => row.Part == Part.HeldOut).ToList();
        log.Line($"{shard}: {fit.Count} rows to fit (before day {split.ValidationFromDay}), {validation.Count} to validate "
            + $"(before day {split.HeldOutFromDay}), {heldOut.Count} held out, "
            + $"{rows.Count - fit.Count - validation.Count - heldOut.Count} set aside because they ended after their part did");
        if (fit.Count < Booster.LeastRows || validation.Count == 0 || heldOut.Count == 0)
            throw new InvalidDataException($"'{input}' has too few rows: at least {Booster.LeastRows} to fit, one to validate and one held out are needed.");

        var checkpoints = Checkpoints.Open(task, parameters, PodFile.Fingerprint(input), log);
        var models = new Booster(parameters, log, checkpoints).Train(fit, validation);

        var scores = Scores.Of(validation, models.Trial.Predict(validation));
        log.Line($"validation: {scores}");
        log.Metric("validation_median_factor", scores.MedianFactor, parameters.Trees);

        Directory.CreateDirectory(Path.GetDirectoryName(modelPath)!);
        var card = new ModelCard(shard, PodFile.Fingerprint(input), parameters, FeatureNames.All, fit.Count,
            scores, ShapeMeans.Tally(fit), ShapeMeans.Tally([.. fit, .. validation]));
        EvaluationFile.Write(Path.Combine(Path.GetDirectoryName(modelPath)!, HeldOutFile), [.. validation, .. heldOut]);
        ModelArchive.Save(modelPath, models, card);
        log.Line(string.Create(CultureInfo.InvariantCulture,
            $"wrote {modelPath} ({new FileInfo(modelPath).Length / 1024.0:F0} KiB) and {HeldOutFile}; "
            + $"{Environment.CpuUsage.TotalTime.TotalSeconds:F2} CPU seconds"));
    }
}
