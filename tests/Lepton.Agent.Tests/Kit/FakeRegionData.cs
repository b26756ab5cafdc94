using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lepton.Agent.Data;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Agent.Tests.Kit;

/// <summary>The data of a region in memory; can be away.</summary>
internal sealed class FakeRegionData : IRegionData
{
    private readonly ConcurrentDictionary<AttemptId, MemoryStream> _logs = [];
    private readonly ConcurrentDictionary<AttemptId, bool> _complete = [];
    private readonly TaskCompletionSource _slowPut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = [];

    /// <summary>With which residency each came.</summary>
    public ConcurrentDictionary<string, Residency?> Residencies { get; } = [];

    public bool Away { get; set; }

    /// <summary>Artifacts take for ever.</summary>
    public bool Slow { get; set; }

    /// <summary>Completes when the first slow artifact has begun.</summary>
    public Task SlowPut => _slowPut.Task;

    public static RegionId Region { get; } = new("us-east");

    public string Keep(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Artifacts[sha256] = bytes;
        return sha256;
    }

    public string Log(AttemptId attempt)
    {
        if (!_logs.TryGetValue(attempt, out var log)) return "";
        lock (log) return Encoding.UTF8.GetString(log.ToArray());
    }

    public bool IsComplete(AttemptId attempt) => _complete.ContainsKey(attempt);

    /// <summary>The region forgets all but the start of a log.</summary>
    public void Cut(AttemptId attempt, int length)
    {
        lock (_logs[attempt]) _logs[attempt].SetLength(length);
    }

    public async Task<ArtifactRef> Put(string name, string path, Residency? residency, CancellationToken cancel)
    {
        Check();
        if (Slow)
        {
            _slowPut.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
        }
        var bytes = await File.ReadAllBytesAsync(path, cancel);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Artifacts[sha256] = bytes;
        Residencies[sha256] = residency;
        return new ArtifactRef(name, Region, sha256, bytes.Length);
    }

    public async Task Fetch(string sha256, RegionId from, string path, CancellationToken cancel)
    {
        Check();
        if (!Artifacts.TryGetValue(sha256, out var bytes)) throw new FileNotFoundException($"Nobody has {sha256}.");
        await File.WriteAllBytesAsync(path, bytes, cancel);
    }

    public Task<long> AppendLog(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        Check();
        var log = _logs.GetOrAdd(attempt, _ => new MemoryStream());
        lock (log)
        {
            var skip = log.Length - offset;
            if (skip >= 0 && skip < bytes.Length)
            {
                log.Position = log.Length;
                log.Write(bytes.Span[(int)skip..]);
            }
            return Task.FromResult(log.Length);
        }
    }

    public Task<long> LogLength(AttemptId attempt, CancellationToken cancel)
    {
        Check();
        return Task.FromResult(_logs.TryGetValue(attempt, out var log) ? log.Length : 0);
    }

    public Task CompleteLog(AttemptId attempt, CancellationToken cancel)
    {
        Check();
        _complete[attempt] = true;
        return Task.CompletedTask;
    }

    private void Check()
    {
        if (Away) throw new StoreUnavailableException("the region is away", unknown: true);
    }
}
