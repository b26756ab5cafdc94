using System.Security.Cryptography;
using System.Text.Json;
using Lepton.Sample.Running;
using Microsoft.ML;

namespace Lepton.Sample.Training;

/// <summary>
/// Keeps the stages grown so far in CHECKPOINT_DIR and takes them up again from RESTORE_FROM. `manifest.json` is written
/// last, by rename: what it names is whole.
/// </summary>
internal sealed class Checkpoints
{
    private const string ManifestFile = "manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly TaskEnvironment _task;
    private readonly string _fingerprint;
    private readonly RunLog _log;
    private readonly Dictionary<string, string> _sha256 = [];

    private Checkpoints(TaskEnvironment task, string fingerprint, RunLog log) => (_task, _fingerprint, _log) = (task, fingerprint, log);

    public static Checkpoints Open(TaskEnvironment task, BoostParameters parameters, string inputSha256, RunLog log) =>
        new(task, $"{parameters} on {inputSha256}", log);

    /// <summary>The stages of the checkpoint, none without one. A checkpoint that is damaged or of another task is refused.</summary>
    public IReadOnlyList<ITransformer> Restore(MLContext ml)
    {
        if (_task.RestoreFolder is not { } folder) return [];
        var manifestPath = Path.Combine(folder, ManifestFile);
        if (!File.Exists(manifestPath))
        {
            _log.Line($"no {ManifestFile} in RESTORE_FROM '{folder}': starting anew");
            return [];
        }
        var manifest = ReadManifest(manifestPath);
        if (manifest.Of != _fingerprint)
            throw new InvalidDataException($"Checkpoint '{manifestPath}' is of '{manifest.Of}', not of '{_fingerprint}'. Maybe RESTORE_FROM is another task's.");
        var stages = manifest.Files.Select(name => Stage(ml, Path.Combine(folder, name), manifest.Sha256[name])).ToList();
        foreach (var name in manifest.Files) _sha256[name] = manifest.Sha256[name];
        _log.Line($"restored {manifest.Step} trees from '{folder}'");
        CarryOver(folder, manifest);
        return stages;
    }

    public void Save(MLContext ml, int step, IReadOnlyList<ITransformer> stages)
    {
        if (_task.CheckpointFolder is not { } folder) return;
        Directory.CreateDirectory(folder);
        var name = ModelArchive.StageName(stages.Count - 1);
        var path = Path.Combine(folder, name);
        WholeFile.Write(path, file => ModelArchive.WriteStage(ml, stages[^1], file));
        _sha256[name] = Hash(path);
        WriteManifest(folder, new Manifest(step, _fingerprint, [.. stages.Select((_, i) => ModelArchive.StageName(i))], _sha256));
    }

    /// <summary>A new attempt may keep its checkpoints in another folder than the one it came from: later manifests name these files too.</summary>
    private void CarryOver(string from, Manifest manifest)
    {
        if (_task.CheckpointFolder is not { } folder || Path.GetFullPath(folder) == Path.GetFullPath(from)) return;
        Directory.CreateDirectory(folder);
        foreach (var name in manifest.Files) File.Copy(Path.Combine(from, name), Path.Combine(folder, name), overwrite: true);
        WriteManifest(folder, manifest);
    }

    private static ITransformer Stage(MLContext ml, string path, string sha256)
    {
        if (!File.Exists(path) || Hash(path) != sha256)
            throw new InvalidDataException($"Checkpoint file '{path}' is missing or damaged.");
        using var stream = File.OpenRead(path);
        return ModelArchive.ReadStage(ml, stream);
    }

    private static Manifest ReadManifest(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(path), Json)
                ?? throw new InvalidDataException($"Checkpoint '{path}' is empty.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"Checkpoint '{path}' cannot be read: {broken.Message}");
        }
    }

    private static void WriteManifest(string folder, Manifest manifest) =>
        WholeFile.Write(Path.Combine(folder, ManifestFile), JsonSerializer.Serialize(manifest, Json));

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private sealed record Manifest(int Step, string Of, IReadOnlyList<string> Files, IReadOnlyDictionary<string, string> Sha256);
}
