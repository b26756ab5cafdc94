namespace Lepton.Hosting;

/// <summary>How long a region keeps what is over, and how much of it.</summary>
public sealed class RetentionOptions
{
    /// <summary>Ended jobs with their tasks: after their end. A repeated submit is recognised for so long. Default 7 days; 1 min or more.</summary>
    public TimeSpan Jobs { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Records of work done for other regions: after the owner has acknowledged. Default 7 days; 1 min or more.</summary>
    public TimeSpan Guests { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Logs: after their last byte, never those of running tasks. Default 7 days; 1 min or more.</summary>
    public TimeSpan Logs { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Size of all logs in bytes; beyond, the oldest go first. Default 20 GiB; 1 MiB or more.</summary>
    public long MaxLogBytes { get; set; } = 20L << 30;

    /// <summary>Artifacts: after their last use, and not while a kept row names them. Default 7 days; 1 min or more.</summary>
    public TimeSpan Artifacts { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Size of all artifacts in bytes; beyond, those that no row names go first, then the oldest that only ended jobs name; what live jobs
    /// name stays and is said in the log. Outputs made for other regions stay as long as <see cref="Guests"/>. Default 200 GiB; 1 MiB or more.
    /// </summary>
    public long MaxArtifactBytes { get; set; } = 200L << 30;

    /// <summary>An artifact used within this time is never removed: its row may be on its way. Default 1 h; 0 to 1 day.</summary>
    public TimeSpan FreshArtifacts { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Pause between two sweeps. Default 10 min; 1 s to 1 day.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows removed in one write. Default 500; 1 to 10,000.</summary>
    public int RowsPerBatch { get; set; } = 500;

    /// <summary>Every error in these options; empty = fine.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new OptionErrors("Retention");
        foreach (var (name, value) in new[] { (nameof(Jobs), Jobs), (nameof(Guests), Guests), (nameof(Logs), Logs), (nameof(Artifacts), Artifacts) })
        {
            errors.Check(value >= TimeSpan.FromMinutes(1), name, value, "1 minute or more");
        }

        errors.Check(MaxLogBytes >= 1 << 20, nameof(MaxLogBytes), MaxLogBytes, "1,048,576 bytes or more");
        errors.Check(MaxArtifactBytes >= 1 << 20, nameof(MaxArtifactBytes), MaxArtifactBytes, "1,048,576 bytes or more");
        errors.Range(FreshArtifacts, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(FreshArtifacts));
        errors.Range(SweepEvery, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(SweepEvery));
        errors.Check(RowsPerBatch is >= 1 and <= 10_000, nameof(RowsPerBatch), RowsPerBatch, "1 to 10,000 rows");
        return errors.All;
    }
}
