using System.Text.Json;

namespace Lepton.Local.Sample;

/// <summary>
/// Which sample was submitted last, kept in the home folder. The idempotency key is written before the submit and the job's id after it, so
/// that a start after a kill at any moment meets the same job.
/// </summary>
/// <param name="Job">Null until the submit was answered.</param>
public sealed record SampleMemory(string IdempotencyKey, string? Job, bool Finished)
{
    private static string PathIn(string home) => Path.Combine(home, "sample.json");

    /// <summary>Null when there is none, or when it cannot be read (it was half written by a crash of an older version).</summary>
    public static SampleMemory? Load(string home)
    {
        try
        {
            return JsonSerializer.Deserialize<SampleMemory>(File.ReadAllText(PathIn(home)));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Save(string home)
    {
        Directory.CreateDirectory(home);
        var draft = PathIn(home) + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(this));
        File.Move(draft, PathIn(home), overwrite: true);
    }
}
