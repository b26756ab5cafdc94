using Lepton.Sample.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lepton.Sample.Training;

/// <summary>A row as ML.NET sees it: the label is what the stages so far have left unexplained.</summary>
internal sealed class StageRow
{
    public float Label { get; set; }

    public float[] Features { get; set; } = [];

    public static IDataView View(MLContext ml, IReadOnlyList<FeatureRow> rows, Func<int, double> label)
    {
        var schema = SchemaDefinition.Create(typeof(StageRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureNames.All.Length);
        return ml.Data.LoadFromEnumerable(
            rows.Select((row, i) => new StageRow { Label = (float)label(i), Features = row.Features }).ToArray(), schema);
    }
}
