using System.Text.Json;

namespace Lepton.Hosting;

/// <summary>Which artifacts the index of a checkpoint lists, as the agent writes it: <c>{ "files": [{ "sha256": "..." }] }</c>.</summary>
internal static class CheckpointFiles
{
    /// <summary>An index has at most 1,001 files with their paths; what is larger is none.</summary>
    public const int IndexBytesAtMost = 8 << 20;

    /// <summary>Hashes of the files; none when it is no index: a task could name anything as its checkpoint.</summary>
    public static IReadOnlyList<string> Read(byte[]? index)
    {
        if (index is null) return [];
        try
        {
            using var document = JsonDocument.Parse(index);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
            if (!document.RootElement.TryGetProperty("files", out var files) || files.ValueKind != JsonValueKind.Array) return [];
            return
            [
                .. from file in files.EnumerateArray()
                   where file.ValueKind == JsonValueKind.Object
                   let hash = file.TryGetProperty("sha256", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : ""
                   where hash.Length > 0
                   select hash,
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
