namespace Lepton.Hosting;

/// <summary>Where and how a region keeps its rows in SQLite.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The database file; its folder is made when absent. No default. Beside it lie <c>-wal</c>, <c>-shm</c>, <c>.lock</c> and <c>.pid</c>.</summary>
    public string Path { get; set; } = "";

    /// <summary>Batches that wait for the disk at most; beyond, callers are told "busy". Default 8,192; 1 to 1,000,000.</summary>
    public int QueueLimit { get; set; } = 8_192;

    /// <summary>Bytes of all batches that wait for the disk at most; beyond, callers are told "busy". Default 128 MiB; at least 1 MiB.</summary>
    public long QueueBytes { get; set; } = 128L << 20;

    /// <summary>Batches that share one commit at most. Default 1,024; 1 to 100,000.</summary>
    public int BatchesPerCommit { get; set; } = 1_024;

    /// <summary>Time to wait for a file that another process has locked. Default 5 s; 1 s to 60 s, whole seconds.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections for reads. Default 4; 1 to 64.</summary>
    public int Readers { get; set; } = 4;

    /// <summary>Size of the database in bytes beyond which writes are refused as if the disk was full. Default 0 = none; else at least 1 MiB.</summary>
    public long MaxSizeBytes { get; set; }

    /// <summary>Every error in these options; empty = fine.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new OptionErrors("SqliteStore");
        errors.Check(!string.IsNullOrWhiteSpace(Path), nameof(Path), Path, "a file path");
        errors.Check(QueueLimit is >= 1 and <= 1_000_000, nameof(QueueLimit), QueueLimit, "1 to 1,000,000 batches");
        errors.Check(QueueBytes >= 1 << 20, nameof(QueueBytes), QueueBytes, "at least 1,048,576 bytes");
        errors.Check(BatchesPerCommit is >= 1 and <= 100_000, nameof(BatchesPerCommit), BatchesPerCommit, "1 to 100,000 batches");
        errors.Check(
            BusyTimeout >= TimeSpan.FromSeconds(1) && BusyTimeout <= TimeSpan.FromSeconds(60) && BusyTimeout.Ticks % TimeSpan.TicksPerSecond == 0,
            nameof(BusyTimeout),
            BusyTimeout,
            "1 s to 60 s in whole seconds");
        errors.Check(Readers is >= 1 and <= 64, nameof(Readers), Readers, "1 to 64 connections");
        errors.Check(MaxSizeBytes is 0 or >= 1 << 20, nameof(MaxSizeBytes), MaxSizeBytes, "0 (none) or at least 1,048,576 bytes");
        return errors.All;
    }
}
