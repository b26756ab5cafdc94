using Lepton.Contracts;
using Microsoft.Data.Sqlite;

namespace Lepton.Hosting;

/// <summary>Turns what SQLite says into what happened, where, and what to do.</summary>
internal static class SqliteFaults
{
    private const int Perm = 3, Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CantOpen = 14, NotADatabase = 26;

    /// <param name="unknown">True when a commit was under way: the rows may be there all the same.</param>
    public static StoreUnavailableException Unavailable(string path, Exception error, bool unknown)
    {
        if (error is StoreUnavailableException known) return known;
        var said = error is SqliteException sqlite ? $"SQLite {sqlite.SqliteErrorCode}/{sqlite.SqliteExtendedErrorCode}" : error.GetType().Name;
        var (what, maybe) = error is SqliteException e ? Explain(e.SqliteErrorCode) : (error.Message, "look at the log of this process");
        return new StoreUnavailableException($"The store '{path}' {what} ({said}). Maybe {maybe}.", unknown, error);
    }

    /// <summary>A commit that fails for want of space or of the lock has written nothing; of any other failure nothing is known.</summary>
    public static bool CommitIsUnknown(Exception error) => error is not SqliteException { SqliteErrorCode: Busy or Locked or Full or ReadOnly };

    private static (string What, string Maybe) Explain(int code) => code switch
    {
        Full => ("has no room: the disk is full or its size limit is reached", "free space, shorten the retention, or raise SqliteStore.MaxSizeBytes; it goes on by itself then"),
        ReadOnly or Perm => ("is read-only", "give this user write access to the file and its folder"),
        Busy or Locked => ("is locked by another program", "end the tool that has it open (a backup, a database browser); it goes on by itself then"),
        CantOpen => ("cannot be opened", "its folder is missing or not writable, or a part of the path is no folder"),
        Corrupt => ("is damaged", "stop this silo and restore the file from a copy; nothing was overwritten"),
        NotADatabase => ("is not a database", "the path names another file, or it is damaged: name another path or restore the file from a copy; nothing was overwritten"),
        IoError => ("has a disk that fails", "look at the kernel log and at the free space"),
        _ => ("failed", "look at the log of this process"),
    };
}
