using System.Text.Json;
using Lepton.Agent.Data;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Agents;

namespace Lepton.Agent.Attempts;

/// <summary>
/// Keeps the last checkpoint of an attempt that was ended before its time. A checkpoint is whole when <c>manifest.json</c> is there
/// (<c>{ "step": 40, "files": ["a.bin"], "sha256": { "a.bin": "..." } }</c>), which the task writes last, by rename.
/// </summary>
internal sealed class Checkpoints(IRegionData data, RegionId region, Residency? residency)
{
    private const string Manifest = "manifest.json";
    private const int FilesAtMost = 1_000;

    /// <summary>Reference of the kept checkpoint; null when the task wrote none. The note says why one was not kept.</summary>
    /// <param name="folder">Of the attempt.</param>
    /// <param name="cancel">The time for keeping is over.</param>
    public async Task<(string? Reference, string? Note)> Keep(AttemptFolder folder, CancellationToken cancel)
    {
        var manifest = Path.Combine(folder.Checkpoint, Manifest);
        if (!File.Exists(manifest)) return (null, null);
        try
        {
            var (step, names, hashes) = Read(await File.ReadAllTextAsync(manifest, cancel));
            var files = new List<CheckpointFile>();
            foreach (var name in names.Append(Manifest))
            {
                var kept = await Put(name, Path.Combine(folder.Checkpoint, name), cancel);
                if (hashes.TryGetValue(name, out var expected) && !string.Equals(expected, kept.Sha256, StringComparison.OrdinalIgnoreCase))
                    throw new InvalidDataException($"'{name}' is not what the manifest says it is");
                files.Add(new CheckpointFile(name, kept.Sha256, kept.SizeBytes));
            }
            var index = Path.Combine(folder.Path, "checkpoint.json");
            WholeFile.Write(index, AgentJson.Write(new CheckpointIndex(step, files)));
            return (CheckpointIndex.Reference(region, (await Put("checkpoint.json", index, cancel)).Sha256), null);
        }
        catch (Exception failure) when (failure is IOException or JsonException or InvalidDataException or StoreUnavailableException or OperationCanceledException)
        {
            return (null, $"the checkpoint was not kept: {(cancel.IsCancellationRequested ? $"the agent had to leave before region '{region}' had all of it" : failure.Message)}");
        }
    }

    private Task<ArtifactRef> Put(string name, string path, CancellationToken cancel) =>
        Patience.Try(AgentSettings.KeepFileWithin, c => data.Put(name, path, residency, c), cancel);

    private static (long Step, List<string> Names, Dictionary<string, string> Hashes) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("files", out var listed) || listed.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{Manifest} has no list 'files'");
        var names = listed.EnumerateArray().Select(f => f.GetString() ?? "").Where(f => f != Manifest).ToList();
        if (names.Count > FilesAtMost) throw new InvalidDataException($"{Manifest} names {names.Count} files, at most {FilesAtMost} are kept");
        var wrong = names.Find(n => n.Length == 0 || Path.IsPathRooted(n) || n.Split('/').Contains(".."));
        if (wrong is not null) throw new InvalidDataException($"{Manifest} names the file '{wrong}', which does not lie in the checkpoint folder");
        var hashes = root.TryGetProperty("sha256", out var map) && map.ValueKind == JsonValueKind.Object
            ? map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "")
            : [];
        return (root.TryGetProperty("step", out var step) && step.TryGetInt64(out var at) ? at : 0, names, hashes);
    }
}
