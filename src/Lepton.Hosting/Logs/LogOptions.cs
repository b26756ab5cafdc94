namespace Lepton.Hosting;

/// <summary>Where a region keeps the logs of attempts, and how much of each.</summary>
public sealed class LogOptions
{
    /// <summary>Data folder of the region; logs lie in <c>logs/</c> under it. No default.</summary>
    public string Root { get; set; } = "";

    /// <summary>Bytes kept of one attempt's log: beyond, the oldest segments are dropped. Default 8 MiB; at least two segments.</summary>
    public long MaxBytesPerAttempt { get; set; } = 8L << 20;

    /// <summary>Bytes in one file. Default 1 MiB; 1 KiB to 1 GiB.</summary>
    public long SegmentBytes { get; set; } = 1L << 20;

    /// <summary>Every error in these options; empty = fine.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new OptionErrors("Logs");
        errors.Check(!string.IsNullOrWhiteSpace(Root), nameof(Root), Root, "a folder");
        errors.Check(SegmentBytes is >= 1 << 10 and <= 1 << 30, nameof(SegmentBytes), SegmentBytes, "1 KiB to 1 GiB");
        errors.Check(
            MaxBytesPerAttempt >= 2 * SegmentBytes, nameof(MaxBytesPerAttempt), MaxBytesPerAttempt, $"at least two segments ({2 * SegmentBytes} bytes)");
        return errors.All;
    }
}
