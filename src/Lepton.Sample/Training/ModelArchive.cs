using System.IO.Compression;
using System.Text.Json;
using Lepton.Sample.Features;
using Lepton.Sample.Running;
using Microsoft.ML;

namespace Lepton.Sample.Training;

/// <summary>model.zip: `card.json`, and for trial and final model one ML.NET model for each stage, in order.</summary>
internal static class ModelArchive
{
    private const string CardEntry = "card.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Save(string path, TrainedModels models, ModelCard card) => WholeFile.Write(path, file =>
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        using (var entry = zip.CreateEntry(CardEntry).Open()) JsonSerializer.Serialize(entry, card, Json);
        foreach (var (phase, model) in ((Phase, BoostedModel)[])[(Phase.Trial, models.Trial), (Phase.Final, models.Final)])
        {
            for (var i = 0; i < model.Stages.Count; i++)
            {
                using var entry = zip.CreateEntry(StageFile.Name(phase, i), CompressionLevel.NoCompression).Open();
                StageFile.Write(model.Ml, model.Stages[i], entry);
            }
        }
    });

    public static (TrainedModels Models, ModelCard Card) Load(MLContext ml, string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var card = ReadCard(zip, path);
            return (new TrainedModels(ReadModel(ml, zip, Phase.Trial), ReadModel(ml, zip, Phase.Final)), card);
        }
        catch (Exception broken) when (broken is JsonException or FormatException
            || (broken is InvalidDataException && !broken.Message.Contains(path, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"'{path}' cannot be read as a model: {broken.Message} Maybe the task that wrote it was cut off.");
        }
    }

    private static BoostedModel ReadModel(MLContext ml, ZipArchive zip, Phase phase)
    {
        var stages = new List<ITransformer>();
        while (zip.GetEntry(StageFile.Name(phase, stages.Count)) is { } entry)
        {
            using var stream = entry.Open();
            stages.Add(StageFile.Read(ml, stream));
        }
        return stages.Count > 0 ? new BoostedModel(ml, stages) : throw new InvalidDataException($"It has no {phase} stages.");
    }

    private static ModelCard ReadCard(ZipArchive zip, string path)
    {
        var entry = zip.GetEntry(CardEntry) ?? throw new InvalidDataException($"It has no {CardEntry}.");
        using var stream = entry.Open();
        var card = JsonSerializer.Deserialize<ModelCard>(stream, Json) ?? throw new InvalidDataException($"Its {CardEntry} is empty.");
        return card.Features.SequenceEqual(FeatureNames.All)
            ? card
            : throw new InvalidDataException($"'{path}' was trained on other features: {string.Join(", ", card.Features)}.");
    }
}
