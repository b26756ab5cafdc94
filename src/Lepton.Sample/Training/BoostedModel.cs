using Lepton.Sample.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lepton.Sample.Training;

/// <summary>Prediction = the shape's shrunk mean at submission + the sum of what each stage (a few FastTree trees) adds.</summary>
internal sealed class BoostedModel(MLContext ml, IReadOnlyList<ITransformer> stages)
{
    private static readonly int StartFeature = Array.IndexOf(FeatureNames.All, FeatureNames.ShapeShrunk);

    public MLContext Ml => ml;

    public IReadOnlyList<ITransformer> Stages => stages;

    public double[] Predict(IReadOnlyList<FeatureRow> rows)
    {
        var view = StageRow.View(ml, rows, _ => 0);
        var predicted = Start(rows);
        foreach (var stage in stages) Add(stage, view, predicted);
        return predicted;
    }

    /// <summary>Where boosting starts: what can be said without a model, so that the trees have only corrections to learn.</summary>
    public static double[] Start(IReadOnlyList<FeatureRow> rows) => [.. rows.Select(row => (double)row.Features[StartFeature])];

    /// <summary>Adds one stage's part to <paramref name="predicted"/>, row by row.</summary>
    public static void Add(ITransformer stage, IDataView view, double[] predicted)
    {
        var i = 0;
        foreach (var score in stage.Transform(view).GetColumn<float>("Score")) predicted[i++] += score;
    }
}
