using Lepton.Sample.Commands;
using Lepton.Sample.Data;
using Lepton.Sample.Features;
using Lepton.Sample.Running;
using Lepton.Sample.Training;
using Microsoft.ML;

namespace Lepton.Sample.Comparing;

/// <summary>Everything the comparison needs, found in the output folders of the training tasks.</summary>
internal sealed record Entrants(IReadOnlyList<Entrant> Models, IReadOnlyList<ShardRows> Shards)
{
    public static Entrants Find(IReadOnlyList<string> places, RunLog log)
    {
        var ml = new MLContext(seed: 1);
        var models = places.SelectMany(place => ModelFiles(place, log)).Distinct()
            .Select(path =>
            {
                var (trained, card) = ModelArchive.Load(ml, path);
                return new Entrant(path, trained, card);
            })
            .ToList();
        if (models.Count == 0)
            throw new InvalidDataException($"No model was found under '{string.Join("', '", places)}'. Maybe the training tasks have not run.");
        return new Entrants(models, [.. models.GroupBy(model => model.Card.Shard).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Rows)]);
    }

    /// <summary>A place is a model, a folder with one, or a folder with one sub-folder for each training task.</summary>
    private static List<string> ModelFiles(string place, RunLog log)
    {
        if (File.Exists(place)) return [Path.GetFullPath(place)];
        if (!Directory.Exists(place)) throw new UsageException($"--models '{place}' is neither a file nor a folder.");
        var found = ModelsIn(place);
        var folders = Directory.GetDirectories(place)
            .OrderBy(folder => int.TryParse(Path.GetFileName(folder), out var index) ? index : int.MaxValue)
            .ThenBy(folder => folder, StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            var inside = ModelsIn(folder);
            if (inside.Count == 0) log.Line($"no model in '{folder}': left out");
            found.AddRange(inside);
        }
        return found;
    }

    private static List<string> ModelsIn(string folder) =>
        [.. Directory.GetFiles(folder, "*.zip").Where(path => Path.GetFileName(path) != BestArchive.FileName).Order(StringComparer.Ordinal).Select(Path.GetFullPath)];

    /// <summary>Each model of a shard brings the same rows; they are read once, and a model that brings others is refused.</summary>
    private static ShardRows Rows(IGrouping<string, Entrant> shard)
    {
        var first = shard.First();
        var file = RowsFile(first);
        var rows = EvaluationFile.Read(file);
        var fingerprint = PodFile.Fingerprint(file);
        foreach (var other in shard.Skip(1))
        {
            if (other.Card.InputSha256 != first.Card.InputSha256 || PodFile.Fingerprint(RowsFile(other)) != fingerprint)
                throw new InvalidDataException($"'{other.Path}' and '{first.Path}' both say shard '{shard.Key}' but come from different data.");
        }
        return new ShardRows(shard.Key,
            [.. rows.Where(row => row.Part == Part.Validation)], [.. rows.Where(row => row.Part == Part.HeldOut)],
            first.Card.FitShapes, first.Card.TrainingShapes);
    }

    private static string RowsFile(Entrant model)
    {
        var path = Path.Combine(Path.GetDirectoryName(model.Path)!, TrainCommand.HeldOutFile);
        return File.Exists(path)
            ? path
            : throw new InvalidDataException($"'{path}' is missing beside its model. Maybe the task does not declare it as an output.");
    }
}
