using System.IO.Compression;
using System.Text.Json;
using Lepton.Sample.Features;
using Lepton.Sample.Running;
using Microsoft.ML;

namespace Lepton.Sample.Training;

/// <summary>model.zip: `card.json` and one ML.NET model for each stage, in order.</summary>
internal static class ModelArchive
{
    private const string CardEntry = "card.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Save(string path, BoostedModel model, ModelCard card) => WholeFile.Write(path, file =>
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        using (var entry = zip.CreateEntry(CardEntry).Open()) JsonSerializer.Serialize(entry, card, Json);
        for (var i = 0; i < model.Stages.Count; i++)
        {
            using var entry = zip.CreateEntry(StageName(i), CompressionLevel.NoCompression).Open();
            WriteStage(model.Ml, model.Stages[i], entry);
        }
    });

    public static (BoostedModel Model, ModelCard Card) Load(MLContext ml, string path)
    {
        using var zip = Open(path);
        var card = ReadCard(zip, path);
        if (!card.Features.SequenceEqual(FeatureNames.All))
            throw new InvalidDataException($"'{path}' was trained on other features: {string.Join(", ", card.Features)}.");
        var stages = new List<ITransformer>();
        for (var i = 0; zip.GetEntry(StageName(i)) is { } entry; i++)
        {
            using var stream = entry.Open();
            stages.Add(ReadStage(ml, stream));
        }
        return (new BoostedModel(ml, stages), card);
    }

    public static string StageName(int index) => $"stage-{index:D4}.zip";

    public static void WriteStage(MLContext ml, ITransformer stage, Stream stream)
    {
        // ML.NET wants to seek; the stream of an archive entry cannot.
        using var memory = new MemoryStream();
        ml.Model.Save(stage, StageRow.View(ml, [], _ => 0).Schema, memory);
        memory.Position = 0;
        memory.CopyTo(stream);
    }

    public static ITransformer ReadStage(MLContext ml, Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        memory.Position = 0;
        return ml.Model.Load(memory, out _);
    }

    private static ZipArchive Open(string path)
    {
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException($"'{path}' is not a zip archive. Maybe the task that wrote it was cut off.");
        }
    }

    private static ModelCard ReadCard(ZipArchive zip, string path)
    {
        var entry = zip.GetEntry(CardEntry) ?? throw new InvalidDataException($"'{path}' has no {CardEntry}: not a model of this program.");
        try
        {
            using var stream = entry.Open();
            return JsonSerializer.Deserialize<ModelCard>(stream, Json)!;
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"'{path}' has a {CardEntry} that cannot be read: {broken.Message}");
        }
    }
}
