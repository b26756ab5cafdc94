using Lepton.Sample.Comparing;
using Lepton.Sample.Reporting;
using Lepton.Sample.Running;
using Lepton.Sample.Training;

namespace Lepton.Sample.Commands;

/// <summary>`pick`: compares the models of all shards, chooses on validation rows, reports on held-out rows.</summary>
internal static class PickCommand
{
    public static void Run(IReadOnlyList<string> args, TaskEnvironment task, TextWriter output)
    {
        var options = Options.Parse(args, "models", "out");
        var folder = Directory.CreateDirectory(task.OutputPath(options.One("out", "."))).FullName;
        using var log = new RunLog(output, task.MetricsFile);
        using var stop = StopSignal.Listen(log);

        var entrants = Entrants.Find(options.Many("models"), log);
        log.Line($"{entrants.Models.Count} models of shards {string.Join(", ", entrants.Shards.Select(shard => shard.Name))}");
        var result = Picker.Pick(entrants);

        log.Metric("heldout_rmse", result.Winner.HeldOut.Rmse, 1);
        log.Metric("heldout_median_factor", result.Winner.HeldOut.MedianFactor, 1);
        log.Metric("baseline_rmse", result.AgainstShapeMean.Baseline.HeldOut.Rmse, 1);
        log.Metric("baseline_median_factor", result.AgainstShapeMean.Baseline.HeldOut.MedianFactor, 1);

        BestArchive.Save(Path.Combine(folder, "best.zip"), result);
        WholeFile.Write(Path.Combine(folder, "report.json"), JsonReport.Of(result));
        var text = MarkdownReport.Of(result);
        WholeFile.Write(Path.Combine(folder, "report.md"), text);
        log.Line(text);
    }
}
