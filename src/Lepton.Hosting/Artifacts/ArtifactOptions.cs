namespace Lepton.Hosting;

/// <summary>Where a region keeps artifacts, and how it gets those of others.</summary>
public sealed class ArtifactOptions
{
    /// <summary>Data folder of the region; artifacts lie in <c>artifacts/</c> under it. No default.</summary>
    public string Root { get; set; } = "";

    /// <summary>Largest artifact in bytes; a larger one is refused. Default 64 GiB; at least 1.</summary>
    public long MaxArtifactBytes { get; set; } = 64L << 30;

    /// <summary>Tries in a row that bring not one byte before a fetch gives up. Default 5; 1 to 100.</summary>
    public int FetchTries { get; set; } = 5;

    /// <summary>First pause between tries; it doubles up to 16-fold. Default 200 ms; 1 ms to 1 min.</summary>
    public TimeSpan FetchPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Silence after which a connection counts as broken. Default 20 s; 100 ms to 10 min.</summary>
    public TimeSpan FetchStall { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Every error in these options; empty = fine.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new OptionErrors("Artifacts");
        errors.Check(!string.IsNullOrWhiteSpace(Root), nameof(Root), Root, "a folder");
        errors.Check(MaxArtifactBytes >= 1, nameof(MaxArtifactBytes), MaxArtifactBytes, "at least 1 byte");
        errors.Check(FetchTries is >= 1 and <= 100, nameof(FetchTries), FetchTries, "1 to 100");
        errors.Range(FetchPause, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(FetchPause));
        errors.Range(FetchStall, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(FetchStall));
        return errors.All;
    }
}
