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
    public const string ManifestFile = "manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string? _folder;
    private readonly string? _restoreFolder;
    private Manifest _manifest;

    private Checkpoints(TaskEnvironment task, string work)
    {
        _folder = task.CheckpointFolder;
        _restoreFolder = task.RestoreFolder;
        _manifest = new Manifest(0, work, [], new Dictionary<string, string>());
    }

    /// <summary>A checkpoint belongs to these parameters on this input; a damaged one, or another's, is refused.</summary>
    public static Checkpoints Open(TaskEnvironment task, BoostParameters parameters, string inputSha256, RunLog log)
    {
        var checkpoints = new Checkpoints(task, $"{parameters} on {inputSha256}");
        checkpoints.Restore(log);
        return checkpoints;
    }

    /// <summary>The stages of one phase that an earlier attempt has grown.</summary>
    public IReadOnlyList<ITransformer> Restored(MLContext ml, Phase phase)
    {
        var stages = new List<ITransformer>();
        while (_manifest.Files.Contains(StageFile.Name(phase, stages.Count)))
        {
            using var stream = File.OpenRead(Path.Combine(_restoreFolder!, StageFile.Name(phase, stages.Count)));
            stages.Add(StageFile.Read(ml, stream));
        }
        return stages;
    }

    public void Save(MLContext ml, Phase phase, int index, ITransformer stage, int trees)
    {
        if (_folder is null) return;
        Directory.CreateDirectory(_folder);
        var name = StageFile.Name(phase, index);
        var path = Path.Combine(_folder, name);
        WholeFile.Write(path, file => StageFile.Write(ml, stage, file));
        WriteManifest(_manifest with
        {
            Step = _manifest.Step + trees,
            Files = [.. _manifest.Files, name],
            Sha256 = new Dictionary<string, string>(_manifest.Sha256) { [name] = Hash(path) },
        });
    }

    private void Restore(RunLog log)
    {
        if (_restoreFolder is null) return;
        var path = Path.Combine(_restoreFolder, ManifestFile);
        if (!File.Exists(path))
        {
            log.Line($"no {ManifestFile} in RESTORE_FROM '{_restoreFolder}': starting anew");
            return;
        }
        var manifest = Read(path);
        if (manifest.Work != _manifest.Work)
            throw new InvalidDataException($"Checkpoint '{path}' is of '{manifest.Work}', not of '{_manifest.Work}'. Maybe RESTORE_FROM is another task's.");
        foreach (var name in manifest.Files)
        {
            var file = Path.Combine(_restoreFolder, name);
            if (!File.Exists(file) || Hash(file) != manifest.Sha256.GetValueOrDefault(name))
                throw new InvalidDataException($"Checkpoint file '{file}' is missing or damaged.");
        }
        log.Line($"restored {manifest.Step} trees from '{_restoreFolder}'");
        _manifest = manifest;
        CarryOver();
    }

    /// <summary>A new attempt may keep its checkpoints in another folder than the one it came from; its manifests name the old files too.</summary>
    private void CarryOver()
    {
        if (_folder is null || Path.GetFullPath(_folder) == Path.GetFullPath(_restoreFolder!)) return;
        Directory.CreateDirectory(_folder);
        foreach (var name in _manifest.Files) File.Copy(Path.Combine(_restoreFolder!, name), Path.Combine(_folder, name), overwrite: true);
        WriteManifest(_manifest);
    }

    private static Manifest Read(string path)
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

    private void WriteManifest(Manifest manifest)
    {
        WholeFile.Write(Path.Combine(_folder!, ManifestFile), JsonSerializer.Serialize(manifest, Json));
        _manifest = manifest;
    }

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>Step counts trees of both phases; Work says what the files belong to.</summary>
    private sealed record Manifest(int Step, string Work, IReadOnlyList<string> Files, IReadOnlyDictionary<string, string> Sha256);
}
