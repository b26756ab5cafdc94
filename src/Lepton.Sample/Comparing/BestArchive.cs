using System.IO.Compression;
using System.Text.Json;
using Lepton.Sample.Running;

namespace Lepton.Sample.Comparing;

/// <summary>best.zip: `best.json` with the names of the members, and each member's model archive. Their mean is the prediction.</summary>
internal static class BestArchive
{
    public const string FileName = "best.zip";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Save(string path, PickResult result) => WholeFile.Write(path, file =>
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        var members = result.Winner.Members.Select((member, i) => (File: $"member-{i}.zip", Member: member)).ToList();
        using (var entry = zip.CreateEntry("best.json").Open())
        {
            JsonSerializer.Serialize(entry, new
            {
                result.Winner.Name,
                Members = members.Select(pair => new { pair.File, pair.Member.Card.Shard, pair.Member.Card.Parameters }),
                result.Winner.HeldOut,
            }, Json);
        }
        foreach (var (name, member) in members) zip.CreateEntryFromFile(member.Path, name, CompressionLevel.NoCompression);
    });
}
