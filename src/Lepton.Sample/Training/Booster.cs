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

    public BoostedModel Fit(IReadOnlyList<FeatureRow> fit, IReadOnlyList<FeatureRow> validation)
    {
        var ml = new MLContext(parameters.Seed);
        var stages = checkpoints.Restore(ml).ToList();
        var (fitView, validationView) = (StageRow.View(ml, fit, _ => 0), StageRow.View(ml, validation, _ => 0));
        var (onFit, onValidation) = (BoostedModel.Start(fit), BoostedModel.Start(validation));
        foreach (var stage in stages)
        {
            BoostedModel.Add(stage, fitView, onFit);
            BoostedModel.Add(stage, validationView, onValidation);
        }

        for (var grown = stages.Count * StageTrees; grown < parameters.Trees;)
        {
            var trees = Math.Min(StageTrees, parameters.Trees - grown);
            var stage = Trainer(ml, grown, trees).Fit(StageRow.View(ml, fit, i => fit[i].Target - onFit[i]));
            stages.Add(stage);
            grown += trees;
            BoostedModel.Add(stage, fitView, onFit);
            BoostedModel.Add(stage, validationView, onValidation);
            Tell(grown, Scores.Of(fit, onFit), Scores.Of(validation, onValidation));
            checkpoints.Save(ml, grown, stages);
        }
        return new BoostedModel(ml, stages);
    }

    private FastTreeRegressionTrainer Trainer(MLContext ml, int grown, int trees) => ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
    {
        NumberOfTrees = trees,
        NumberOfLeaves = parameters.Leaves,
        LearningRate = parameters.Rate,
        MinimumExampleCountPerLeaf = LeastRowsPerLeaf,
        FeatureFraction = FeatureShare,
        NumberOfThreads = 1,
        // Each stage draws its own features: with one seed for all, every stage would draw the same.
        Seed = parameters.Seed + grown,
        FeatureSelectionSeed = parameters.Seed + grown,
    });

    private void Tell(int trees, Scores onFit, Scores onValidation)
    {
        log.Line(string.Create(CultureInfo.InvariantCulture,
            $"trees {trees,5}/{parameters.Trees}  fit rmse {onFit.Rmse:F4}  validation rmse {onValidation.Rmse:F4}"));
        log.Metric("fit_rmse", onFit.Rmse, trees);
        log.Metric("validation_rmse", onValidation.Rmse, trees);
    }
}
