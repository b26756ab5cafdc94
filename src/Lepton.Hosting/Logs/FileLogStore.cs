using System.Globalization;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Logs in a folder: <c>logs/job/index/attempt/</c>. Bounded per attempt by dropping the oldest segments. What was appended survives the
/// end of the process; a loss of power may cost the last seconds of a log (never of a row).
/// </summary>
public sealed class FileLogStore : ILogStore
{
    private const int Stripes = 64;

    private readonly LogOptions _options;
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];
    private readonly string _folder;

    /// <exception cref="ArgumentException">Options out of range; the message lists every error.</exception>
    /// <exception cref="StoreUnavailableException">The folder cannot be made.</exception>
    public FileLogStore(LogOptions options)
    {
        if (options.Errors() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(options));
        _options = options;
        _folder = Path.Combine(Path.GetFullPath(options.Root), "logs");
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    /// <exception cref="ArgumentException">The attempt's id cannot be a path, or the offset is negative.</exception>
    public Task<long> Append(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return Use(attempt, log => log.Append(offset, bytes.Span, _options), cancel);
    }

    public Task<LogExtent?> Extent(AttemptId attempt, CancellationToken cancel) => Use(attempt, log => log.Extent(), cancel);

    public Task<LogChunk> Read(AttemptId attempt, long offset, int limit, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return Use(attempt, log => log.Read(offset, Math.Min(limit, DataRoutes.MaxLogChunk)), cancel);
    }

    public Task Complete(AttemptId attempt, CancellationToken cancel) => Use(
        attempt,
        log =>
        {
            log.Complete();
            return 0;
        },
        cancel);

    /// <summary>Folders of attempts with their size and the time of their last change; in no order.</summary>
    internal IEnumerable<(string Path, long SizeBytes, DateTimeOffset ChangedAt)> All()
    {
        foreach (var job in new DirectoryInfo(_folder).EnumerateDirectories())
        foreach (var task in job.EnumerateDirectories())
        foreach (var attempt in task.EnumerateDirectories())
        {
            var files = attempt.GetFiles();
            var changed = files.Length == 0 ? attempt.LastWriteTimeUtc : files.Max(f => f.LastWriteTimeUtc);
            yield return (attempt.FullName, files.Sum(f => f.Length), new DateTimeOffset(changed));
        }
    }

    /// <summary>Removes the log of an attempt, and the folders of its task and job when they are empty then.</summary>
    internal static void Remove(string attemptFolder)
    {
        Directory.Delete(attemptFolder, recursive: true);
        for (var parent = Path.GetDirectoryName(attemptFolder)!; Path.GetFileName(parent) != "logs"; parent = Path.GetDirectoryName(parent)!)
        {
            if (Directory.EnumerateFileSystemEntries(parent).Any()) return;
            Directory.Delete(parent);
        }
    }

    private async Task<T> Use<T>(AttemptId attempt, Func<LogFolder, T> work, CancellationToken cancel)
    {
        var folder = new LogFolder(PathOf(attempt));
        var gate = _gates[(uint)attempt.GetHashCode() % Stripes];
        await gate.WaitAsync(cancel);
        try
        {
            return work(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
        finally
        {
            gate.Release();
        }
    }

    private string PathOf(AttemptId attempt)
    {
        var job = attempt.Task.Job.ToString();
        if (!IsFileName(job) || attempt.Task.Index < 0 || attempt.Number < 0)
        {
            throw new ArgumentException($"'{attempt}' cannot be the name of a log. Job ids have letters, digits, '.', '-' and '_' only.", nameof(attempt));
        }

        return Path.Combine(
            _folder,
            job,
            attempt.Task.Index.ToString(CultureInfo.InvariantCulture),
            attempt.Number.ToString(CultureInfo.InvariantCulture));
    }

    private static bool IsFileName(string text) =>
        text.Length is > 0 and <= 200 && text[0] != '.' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private StoreUnavailableException Unavailable(Exception e) =>
        new($"Logs in '{_folder}' cannot be read or written: {e.Message} Maybe the disk is full or read-only.", false, e);
}
