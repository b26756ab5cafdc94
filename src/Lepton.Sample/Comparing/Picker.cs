using Lepton.Sample.Features;

namespace Lepton.Sample.Comparing;

/// <summary>
/// Chooses the candidate with the smallest error of its trial model on the validation rows of all shards, which no trial was
/// fitted to. The final models are scored on the held-out rows as well; these have no say.
/// </summary>
internal static class Picker
{
    public static PickResult Pick(Entrants entrants)
    {
        var rows = new ComparedRows(entrants.Shards);
        var fitted = new ShapeMeans(entrants.Shards.Select(shard => shard.FitShapes));
        var trained = new ShapeMeans(entrants.Shards.Select(shard => shard.TrainingShapes));
        var single = entrants.Models
            .Select(model => (Model: model, Predicted: new Predicted(model.Models.Trial.Predict(rows.Validation), model.Models.Final.Predict(rows.HeldOut))))
            .Select(entry => (entry.Model, entry.Predicted, Candidate: rows.Judge(entry.Model.Name, [entry.Model], entry.Predicted)))
            .ToList();
        var candidates = single.Select(entry => entry.Candidate).ToList();

        var bestOfEach = single
            .GroupBy(entry => entry.Model.Card.Shard)
            .OrderBy(shard => shard.Key, StringComparer.Ordinal)
            .Select(shard => shard.MinBy(entry => entry.Candidate.Validation.Rmse))
            .ToList();
        if (bestOfEach.Count > 1)
        {
            candidates.Add(rows.Judge("mean of the best model of each shard",
                [.. bestOfEach.Select(entry => entry.Model)], Predicted.Mean([.. bestOfEach.Select(entry => entry.Predicted)])));
        }

        var ordered = candidates.OrderBy(candidate => candidate.Validation.Rmse).ToList();
        double[] actual = [.. rows.HeldOut.Select(row => row.Target)];
        Comparison Against(string name, Predicted predicted) => Comparison.Of(ordered[0], rows.Judge(name, [], predicted), actual);
        return new PickResult(
            entrants.Shards,
            ordered,
            ordered[0],
            Against("mean of the shape over all training rows", new Predicted(fitted.Predict(rows.Validation), trained.Predict(rows.HeldOut))),
            Against("mean of the shape's tasks ended before submission", new Predicted(HistoryMean(rows.Validation), HistoryMean(rows.HeldOut))));
    }

    private static double[] HistoryMean(IReadOnlyList<FeatureRow> rows)
    {
        var feature = Array.IndexOf(FeatureNames.All, FeatureNames.ShapeMean);
        return [.. rows.Select(row => (double)row.Features[feature])];
    }
}
