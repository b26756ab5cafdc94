using System.Security.Cryptography;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Agent.Data;

/// <summary>The data endpoints of the agent's region over HTTP.</summary>
internal sealed class RegionData : IRegionData, IDisposable
{
    private static readonly TimeSpan s_logAnswerWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_artifactWithin = TimeSpan.FromHours(1);

    private readonly RegionId _region;
    private readonly HttpClient _logHttp = new() { Timeout = s_logAnswerWithin };
    private readonly HttpClient _artifactHttp = new() { Timeout = s_artifactWithin };
    private readonly RegionDataClient _logs;
    private readonly RegionDataClient _artifacts;

    public RegionData(RegionId region, Uri address)
    {
        _region = region;
        _logs = new RegionDataClient(_logHttp, address);
        _artifacts = new RegionDataClient(_artifactHttp, address);
    }

    public async Task<ArtifactRef> Put(string name, string path, Residency? residency, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        file.Position = 0;
        var stored = await _artifacts.PutArtifact(sha256, file, residency?.Regions ?? default, cancel);
        return new ArtifactRef(name, _region, stored.Sha256, stored.SizeBytes);
    }

    public async Task Fetch(string sha256, RegionId from, string path, CancellationToken cancel)
    {
        if (File.Exists(path)) return;       // whole, or it would not have this name
        var part = path + ".part";
        await using (var content = await _artifacts.OpenArtifact(sha256, from, cancel)
            ?? throw new FileNotFoundException($"Neither region '{_region}' nor region '{from}' has the artifact {sha256}."))
        await using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous))
        {
            await content.CopyToAsync(file, cancel);
            file.Position = 0;
            var got = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
            if (!string.Equals(got, sha256, StringComparison.OrdinalIgnoreCase))
                throw new IOException($"What came as artifact {sha256} has the hash {got}.");      // cut on the way: may be tried again
        }
        File.Move(part, path, overwrite: true);
    }

    public Task<long> AppendLog(AttemptId attempt, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        _logs.Append(attempt, offset, bytes, cancel);

    public async Task<long> LogLength(AttemptId attempt, CancellationToken cancel) => (await _logs.Extent(attempt, cancel))?.Length ?? 0;

    public Task CompleteLog(AttemptId attempt, CancellationToken cancel) => _logs.Complete(attempt, cancel);

    public void Dispose()
    {
        _logHttp.Dispose();
        _artifactHttp.Dispose();
    }
}
