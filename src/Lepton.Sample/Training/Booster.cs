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

    public BoostedModel Fit(IReadOnlyList<FeatureRow> fit, IReadOnlyList<FeatureRow> validation)
    {
        var ml = new MLContext(parameters.Seed);
        // FastTree starts from zero; starting from the mean leaves it only differences to learn.
        var start = fit.Average(row => row.Target);
        var stages = checkpoints.Restore(ml).ToList();
        var (fitView, validationView) = (StageRow.View(ml, fit, _ => 0), StageRow.View(ml, validation, _ => 0));
        var (onFit, onValidation) = (Filled(fit.Count, start), Filled(validation.Count, start));
        foreach (var stage in stages)
        {
            BoostedModel.Add(stage, fitView, onFit);
            BoostedModel.Add(stage, validationView, onValidation);
        }

        for (var grown = stages.Count * StageTrees; grown < parameters.Trees;)
        {
            var trees = Math.Min(StageTrees, parameters.Trees - grown);
            var stage = Trainer(ml, trees).Fit(StageRow.View(ml, fit, i => fit[i].Target - onFit[i]));
            stages.Add(stage);
            grown += trees;
            BoostedModel.Add(stage, fitView, onFit);
            BoostedModel.Add(stage, validationView, onValidation);
            Tell(grown, Scores.Of(fit, onFit), Scores.Of(validation, onValidation));
            checkpoints.Save(ml, grown, stages);
        }
        return new BoostedModel(ml, start, stages);
    }

    private FastTreeRegressionTrainer Trainer(MLContext ml, int trees) => ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
    {
        NumberOfTrees = trees,
        NumberOfLeaves = parameters.Leaves,
        LearningRate = parameters.Rate,
        MinimumExampleCountPerLeaf = 10,
        NumberOfThreads = 1,
        Seed = parameters.Seed,
    });

    private void Tell(int trees, Scores onFit, Scores onValidation)
    {
        log.Line(string.Create(CultureInfo.InvariantCulture,
            $"trees {trees,5}/{parameters.Trees}  fit rmse {onFit.Rmse:F4}  validation rmse {onValidation.Rmse:F4}"));
        log.Metric("fit_rmse", onFit.Rmse, trees);
        log.Metric("validation_rmse", onValidation.Rmse, trees);
    }

    private static double[] Filled(int length, double value)
    {
        var array = new double[length];
        Array.Fill(array, value);
        return array;
    }
}
