using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>Artifacts in a folder, by content: <c>artifacts/ab/cdef...</c>. The same content is stored once; its file time is that of its last use.</summary>
/// <remarks>Content that may not be everywhere has a note beside it, <c>cdef....within</c>, written before it: where it may be, a region in each line.</remarks>
public sealed class FileArtifactStore : IArtifactStore, IDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly ArtifactOptions _options;
    private readonly RegionDirectory _regions;
    private readonly HttpArtifactFetcher _fetcher;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private readonly string _unfinished;
    private readonly ConcurrentDictionary<string, Lazy<Task>> _fetches = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly Meter _meter = new("Lepton");
    private readonly SemaphoreSlim[] _keeping = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Held while a file is used or removed, so that none goes between "it is here already" and the note that it was used.</summary>
    private readonly Lock _gate = new();
    private long _totalBytes;

    /// <exception cref="ArgumentException">Options out of range; the message lists every error.</exception>
    /// <exception cref="StoreUnavailableException">The folder cannot be made.</exception>
    public FileArtifactStore(ArtifactOptions options, RegionDirectory regions, HttpArtifactFetcher fetcher, TimeProvider time)
    {
        if (options.Errors() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(options));
        (_options, _regions, _fetcher, _time) = (options, regions, fetcher, time);
        _folder = Path.Combine(Path.GetFullPath(options.Root), "artifacts");
        _unfinished = Path.Combine(_folder, "unfinished");
        Guarded(() =>
        {
            Directory.CreateDirectory(_unfinished);
            foreach (var left in Directory.EnumerateFiles(_unfinished)) File.Delete(left);
            _totalBytes = All().Sum(file => file.SizeBytes);
            return 0;
        });
        _meter.CreateObservableGauge("lepton.artifacts.bytes", () => TotalBytes, "By", "Size of all artifacts of the region.");
    }

    /// <summary>Size of everything kept, in bytes.</summary>
    public long TotalBytes => Interlocked.Read(ref _totalBytes);

    public Task<(string Sha256, long SizeBytes)> Put(Stream content, string? expectedSha256, CancellationToken cancel) => Put(content, expectedSha256, default, cancel);

    public async Task<(string Sha256, long SizeBytes)> Put(Stream content, string? expectedSha256, ImmutableArray<RegionId> within, CancellationToken cancel)
    {
        if (expectedSha256 is not null) Sha256Hex.Require(expectedSha256);
        MayBeHere(within, expectedSha256 ?? "it");
        return await Guarded(async () =>
        {
            await using var writer = Begin();
            var buffer = new byte[BufferBytes];
            int count;
            while ((count = await ReadSource(content, buffer, cancel)) > 0) await writer.Write(buffer.AsMemory(0, count), cancel);

            var hash = writer.Hash();
            if (expectedSha256 is not null && hash != expectedSha256)
            {
                throw new InvalidDataException(
                    $"The content has SHA-256 {hash}, expected was {expectedSha256}. Maybe it was cut short or changed on its way: send it again.");
            }

            await Keep(writer, hash, within);
            return (hash, writer.Length);
        });
    }

    public Task<Stream?> Open(string sha256, CancellationToken cancel)
    {
        Sha256Hex.Require(sha256);
        cancel.ThrowIfCancellationRequested();
        return Task.FromResult<Stream?>(Guarded(() => OpenFile(sha256)));
    }

    public ImmutableArray<RegionId> Within(string sha256)
    {
        Sha256Hex.Require(sha256);
        return Guarded(() => WithinNotes.Read(PathOf(sha256)));
    }

    public async Task<Stream> Fetch(ArtifactRef artifact, CancellationToken cancel)
    {
        Sha256Hex.Require(artifact.Sha256);
        if (await Open(artifact.Sha256, cancel) is { } present) return present;
        if (artifact.Region == _regions.Self) throw Missing(artifact);

        // Callers of one artifact share one download; it ends with the store, not with the first caller who loses patience.
        var fetch = _fetches.GetOrAdd(artifact.Sha256, _ => new Lazy<Task>(() => Download(artifact)));
        await fetch.Value.WaitAsync(cancel);
        return await Open(artifact.Sha256, cancel) ?? throw Missing(artifact);
    }

    public void Dispose()
    {
        _closing.Cancel();       // not disposed: a container may come twice, and a download may still look at it
        _meter.Dispose();
    }

    /// <summary>What is kept: hash, size and time of last use; in no order.</summary>
    internal IEnumerable<(string Sha256, long SizeBytes, DateTimeOffset UsedAt)> All() =>
        from folder in new DirectoryInfo(_folder).EnumerateDirectories("??")
        from file in folder.EnumerateFiles()
        where Sha256Hex.IsValid(folder.Name + file.Name)
        select (folder.Name + file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));

    /// <summary>Removes an artifact unless it was used after that time. False: it stays.</summary>
    internal bool Remove(string sha256, DateTimeOffset usedAt)
    {
        lock (_gate)
        {
            var file = new FileInfo(PathOf(sha256));
            if (!file.Exists || file.LastWriteTimeUtc > usedAt.UtcDateTime) return false;
            Interlocked.Add(ref _totalBytes, -file.Length);
            file.Delete();
            WithinNotes.Remove(file.FullName);
            return true;
        }
    }

    /// <summary>Reads an artifact without using it: its time stays. Null: it is not here, or larger than the limit.</summary>
    internal Task<byte[]?> Peek(string sha256, int bytesAtMost, CancellationToken cancel)
    {
        Sha256Hex.Require(sha256);
        return Guarded(async () =>
        {
            var file = new FileInfo(PathOf(sha256));
            if (!file.Exists || file.Length > bytesAtMost) return null;
            try
            {
                return await File.ReadAllBytesAsync(file.FullName, cancel);
            }
            catch (FileNotFoundException)
            {
                return null;
            }
        });
    }

    private async Task Download(ArtifactRef artifact)
    {
        try
        {
            await Guarded(async () =>
            {
                await using var writer = Begin();
                var within = await _fetcher.Download(artifact, _regions.Of(artifact.Region).Http, _regions.Self, writer, _closing.Token);
                await Keep(writer, artifact.Sha256, within);
                return 0;
            });
        }
        finally
        {
            _fetches.TryRemove(artifact.Sha256, out _);
        }
    }

    private async Task Keep(HashingWriter writer, string hash, ImmutableArray<RegionId> within)
    {
        var path = PathOf(hash);
        var gate = _keeping[Convert.ToByte(hash[..2], 16) % _keeping.Length];       // two who bring the same content agree on its note
        await gate.WaitAsync();
        try
        {
            if (IsUsed(hash))
            {
                WithinNotes.Widen(path, within);
                return;
            }

            WithinNotes.Write(path, within);
            await writer.MoveTo(path);
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            Interlocked.Add(ref _totalBytes, writer.Length);
        }
        finally
        {
            gate.Release();
        }
    }

    private void MayBeHere(ImmutableArray<RegionId> within, string what)
    {
        if (within.IsDefault || within.Contains(_regions.Self)) return;
        throw new InvalidDataException($"Artifact {what} may be in {WithinNotes.Words(within)} only; this is {_regions.Self}, which keeps nothing of it. Maybe send it to a region that may.");
    }

    /// <summary>Whether it is here; then it counts as used now.</summary>
    private bool IsUsed(string sha256)
    {
        lock (_gate)
        {
            if (!File.Exists(PathOf(sha256))) return false;
            File.SetLastWriteTimeUtc(PathOf(sha256), _time.GetUtcNow().UtcDateTime);
            return true;
        }
    }

    private FileStream? OpenFile(string sha256)
    {
        lock (_gate)
        {
            if (!IsUsed(sha256)) return null;
            return new FileStream(
                PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous);
        }
    }

    private HashingWriter Begin() => new(Path.Combine(_unfinished, Guid.NewGuid().ToString("N")), _options.MaxArtifactBytes);

    private string PathOf(string sha256) => Path.Combine(_folder, sha256[..2], sha256[2..]);

    private static FileNotFoundException Missing(ArtifactRef artifact) => new(
        $"Artifact '{artifact.Name}' ({artifact.Sha256}) is not in region {artifact.Region}. Maybe its retention is over: run the task that makes it again.");

    /// <summary>A source that breaks is the sender's failure, not that of this disk.</summary>
    private static async ValueTask<int> ReadSource(Stream content, Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            return await content.ReadAsync(buffer, cancel);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"The content broke off: {e.Message}", e);
        }
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsDisk(e))
        {
            throw Unavailable(e);
        }
    }

    private async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (IsDisk(e))
        {
            throw Unavailable(e);
        }
    }

    private static bool IsDisk(Exception e) => e is UnauthorizedAccessException or (IOException and not FileNotFoundException);

    private StoreUnavailableException Unavailable(Exception e) =>
        new($"Artifacts in '{_folder}' cannot be read or written: {e.Message} Maybe the disk is full or read-only.", false, e);
}
