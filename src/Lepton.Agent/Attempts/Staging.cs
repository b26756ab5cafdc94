using Lepton.Agent.Data;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>Brings what a task reads onto the machine: its input, outputs of other tasks, the checkpoint it goes on from.</summary>
internal sealed class Staging(IRegionData data, RegionId region)
{
    private const string ArtifactScheme = "artifact:";

    /// <summary>How long a region may take to answer before the attempt ends.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Path of the input on this machine.</summary>
    public async Task<string> Input(InputRef input, AttemptFolder folder, CancellationToken cancel)
    {
        if (input.Uri.StartsWith(ArtifactScheme, StringComparison.OrdinalIgnoreCase))
        {
            var sha256 = input.Uri[ArtifactScheme.Length..].Trim('/');
            var path = Path.Combine(folder.Inputs, "input", sha256);
            await Fetch(sha256, input.Region ?? region, path, $"input '{input.Uri}'", cancel);
            return path;
        }
        if (!Uri.TryCreate(input.Uri, UriKind.Absolute, out var uri) || !uri.IsFile)
            throw new PreparationException($"The input '{input.Uri}' is neither a file:// path nor an artifact:. Maybe put the file on the machine and name it as file:///path.");
        var file = uri.LocalPath;
        if (!File.Exists(file) && !Directory.Exists(file))
            throw new PreparationException($"The input '{file}' does not exist on this machine. Maybe it lies on another node or region, or the path is misspelt.");
        return file;
    }

    /// <summary>Lays outputs of other tasks out as <c>in/GROUP/INDEX/NAME</c>.</summary>
    public async Task Upstream(RunSpec run, AttemptFolder folder, CancellationToken cancel)
    {
        if (run.Upstream.IsDefaultOrEmpty) return;
        foreach (var output in run.Upstream)
        {
            var target = Path.Combine(GroupFolder(output.Group, folder), output.IndexInGroup.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Directory.CreateDirectory(target);
            foreach (var artifact in output.Artifacts)
            {
                var path = Inside(target, artifact.Name);
                await Fetch(artifact.Sha256, artifact.Region, path, $"output '{artifact.Name}' of {output.Group}/{output.IndexInGroup}", cancel);
            }
        }
    }

    /// <summary>Folder below which the outputs of a group lie.</summary>
    public static string GroupFolder(string group, AttemptFolder folder) => Inside(folder.Inputs, group);

    /// <summary>Lays a checkpoint out in a folder of its own; the manifest comes last, as when it was written.</summary>
    public async Task<string> Checkpoint(string reference, AttemptFolder folder, CancellationToken cancel)
    {
        var (from, sha256) = CheckpointIndex.ParseReference(reference, region);
        var indexFile = folder.Restore + ".json";
        await Fetch(sha256, from, indexFile, $"checkpoint '{reference}'", cancel);
        var index = AgentJson.Read<CheckpointIndex>(await File.ReadAllTextAsync(indexFile, cancel))
            ?? throw new PreparationException($"The checkpoint '{reference}' cannot be read. Maybe it was not written by an agent.");
        Directory.CreateDirectory(folder.Restore);
        foreach (var file in index.Files)
            await Fetch(file.Sha256, from, Inside(folder.Restore, file.Name), $"file '{file.Name}' of checkpoint '{reference}'", cancel);
        return folder.Restore;
    }

    private async Task Fetch(string sha256, RegionId from, string path, string what, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            await Patience.Try(
                s_patience,
                async c =>
                {
                    await data.Fetch(sha256, from, path, c);
                    return true;
                },
                cancel);
        }
        catch (Exception failure) when (failure is FileNotFoundException or InvalidDataException || (Patience.IsPassing(failure) && !cancel.IsCancellationRequested))
        {
            throw new PreparationException($"The {what} could not be fetched from region '{from}': {failure.Message}", failure);
        }
    }

    /// <summary>A name from elsewhere never leads out of the folder.</summary>
    private static string Inside(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new PreparationException($"The file name '{name}' leads out of its folder.");
    }
}
