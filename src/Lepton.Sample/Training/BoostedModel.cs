using Lepton.Sample.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lepton.Sample.Training;

/// <summary>Prediction = start + sum of what each stage (a few FastTree trees) adds.</summary>
internal sealed class BoostedModel(MLContext ml, double start, IReadOnlyList<ITransformer> stages)
{
    public double Start => start;

    public MLContext Ml => ml;

    public IReadOnlyList<ITransformer> Stages => stages;

    public double[] Predict(IReadOnlyList<FeatureRow> rows)
    {
        var view = StageRow.View(ml, rows, _ => 0);
        var predicted = new double[rows.Count];
        Array.Fill(predicted, start);
        foreach (var stage in stages) Add(stage, view, predicted);
        return predicted;
    }

    /// <summary>Adds one stage's part to <paramref name="predicted"/>, row by row.</summary>
    public static void Add(ITransformer stage, IDataView view, double[] predicted)
    {
        var i = 0;
        foreach (var score in stage.Transform(view).GetColumn<float>("Score")) predicted[i++] += score;
    }
}
