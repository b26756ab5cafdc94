using System.Text.Json;

namespace Lepton.Local.Sample;

/// <summary>
/// Which sample was submitted last, kept in the home folder. The idempotency key is written before the submit, so that a start after a kill
/// at any moment meets the same job.
/// </summary>
public sealed record SampleMemory(string IdempotencyKey, bool Finished)
{
    private static string File(string home) => Path.Combine(home, "sample.json");

    /// <summary>Null when there is none, or when it cannot be read (it was half written by a crash of an older version).</summary>
    public static SampleMemory? Load(string home)
    {
        try
        {
            return JsonSerializer.Deserialize<SampleMemory>(System.IO.File.ReadAllText(File(home)));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Save(string home)
    {
        Directory.CreateDirectory(home);
        var draft = File(home) + ".new";
        System.IO.File.WriteAllText(draft, JsonSerializer.Serialize(this));
        System.IO.File.Move(draft, File(home), overwrite: true);
    }
}
