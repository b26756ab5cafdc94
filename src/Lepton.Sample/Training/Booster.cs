using System.Globalization;
using Lepton.Sample.Comparing;
using Lepton.Sample.Features;
using Lepton.Sample.Running;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Lepton.Sample.Training;

/// <summary>
/// Gradient boosting in stages: each stage grows a few trees (ML.NET FastTree, one thread) on what the earlier ones left
/// unexplained. With a squared loss this is plain boosting cut into pieces, and the pieces make a live learning curve and
/// cheap checkpoints.
/// </summary>
internal sealed class Booster(BoostParameters parameters, RunLog log, Checkpoints checkpoints)
{
    public const int LeastRows = 50;
    public const int StageTrees = 25;

    // Both chosen on validation rows: durations are noisy and the rows few, so coarse leaves and varied trees do best.
    private const int LeastRowsPerLeaf = 25;
    private const double FeatureShare = 0.5;

    private readonly MLContext _ml = new(parameters.Seed);

    public TrainedModels Train(IReadOnlyList<FeatureRow> fit, IReadOnlyList<FeatureRow> validation)
    {
        var trial = Grow(Phase.Trial, fit, validation);
        log.Line($"growing again on all {fit.Count + validation.Count} training rows");
        return new TrainedModels(trial, Grow(Phase.Final, [.. fit, .. validation], []));
    }

    private BoostedModel Grow(Phase phase, IReadOnlyList<FeatureRow> rows, IReadOnlyList<FeatureRow> validation)
    {
        var stages = checkpoints.Restored(_ml, phase).ToList();
        var (rowsView, validationView) = (StageRow.View(_ml, rows, _ => 0), StageRow.View(_ml, validation, _ => 0));
        var (onRows, onValidation) = (BoostedModel.Start(rows), BoostedModel.Start(validation));
        void Apply(ITransformer stage)
        {
            BoostedModel.Add(stage, rowsView, onRows);
            if (validation.Count > 0) BoostedModel.Add(stage, validationView, onValidation);
        }
        stages.ForEach(Apply);

        for (var grown = stages.Count * StageTrees; grown < parameters.Trees;)
        {
            var trees = Math.Min(StageTrees, parameters.Trees - grown);
            var stage = Trainer(grown, trees).Fit(StageRow.View(_ml, rows, i => rows[i].Target - onRows[i]));
            stages.Add(stage);
            grown += trees;
            Apply(stage);
            Tell(phase, grown, Scores.Of(rows, onRows), validation.Count == 0 ? null : Scores.Of(validation, onValidation));
            checkpoints.Save(_ml, phase, stages.Count - 1, stage, trees);
        }
        return new BoostedModel(_ml, stages);
    }

    private FastTreeRegressionTrainer Trainer(int grown, int trees) => _ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
    {
        NumberOfTrees = trees,
        NumberOfLeaves = parameters.Leaves,
        LearningRate = parameters.Rate,
        MinimumExampleCountPerLeaf = LeastRowsPerLeaf,
        FeatureFraction = FeatureShare,
        NumberOfThreads = 1,
        // Each stage draws its own features: with one seed for all, every stage would draw the same.
        Seed = unchecked(parameters.Seed + grown),
        FeatureSelectionSeed = unchecked(parameters.Seed + grown),
    });

    private void Tell(Phase phase, int trees, Scores onRows, Scores? onValidation)
    {
        var rest = onValidation is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  validation rmse {onValidation.Rmse:F4}");
        log.Line(string.Create(CultureInfo.InvariantCulture, $"{(phase == Phase.Trial ? "trial" : "final")} trees {trees,5}/{parameters.Trees}  rmse {onRows.Rmse:F4}{rest}"));
        log.Metric(phase == Phase.Trial ? "fit_rmse" : "final_fit_rmse", onRows.Rmse, trees);
        if (onValidation is not null) log.Metric("validation_rmse", onValidation.Rmse, trees);
    }
}
