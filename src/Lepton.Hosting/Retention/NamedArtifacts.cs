using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>Who still names an artifact; in the order in which they go when there is too much.</summary>
internal enum ArtifactStanding
{
    Unnamed,
    /// <summary>Only rows of jobs that are over name it.</summary>
    Ended,
    /// <summary>Live work names it, or work done for another region, whose job may be live there.</summary>
    Live,
}

/// <summary>
/// All artifacts that the rows of a region name: inputs of jobs, outputs of attempts, outputs of others that a task reads, checkpoints with
/// their files. Outputs and checkpoints of an ended task live as long as its job: other tasks of it may read them.
/// </summary>
internal sealed class NamedArtifacts
{
    private readonly Dictionary<string, ArtifactStanding> _standings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ArtifactStanding> _indexes = new(StringComparer.Ordinal);
    private readonly FileArtifactStore _artifacts;

    private NamedArtifacts(FileArtifactStore artifacts) => _artifacts = artifacts;

    public ArtifactStanding StandingOf(string sha256) => _standings.GetValueOrDefault(sha256);

    /// <summary>Cost: all job, task and guest rows, and one small file for each checkpoint that lies in this region.</summary>
    public static async Task<NamedArtifacts> Read(IRegionStore store, FileArtifactStore artifacts, CancellationToken cancel)
    {
        var named = new NamedArtifacts(artifacts);
        var liveJobs = new HashSet<JobId>();
        await foreach (var record in store.Scan(new RowScan("job/", false), cancel))
        {
            if (record.Value.Row is not JobRow job) continue;
            if (job.Index.Live) liveJobs.Add(job.Job);
            foreach (var group in OrEmpty(job.Spec.Groups))
            {
                foreach (var input in OrEmpty(group.Inputs)) named.AddInput(input, Standing(job.Index.Live));
            }
        }

        await foreach (var record in store.Scan(new RowScan("task/", false), cancel))
        {
            if (record.Value.Row is not TaskRow task) continue;
            var standing = Standing(task.Index.Live || liveJobs.Contains(task.Task.Job));
            await named.Add(task.Run, standing, cancel);
            foreach (var attempt in OrEmpty(task.Attempts)) await named.Add(attempt.End, standing, cancel);
        }

        await foreach (var record in store.Scan(new RowScan("guest/", false), cancel))
        {
            // Whether the job of a settled guest is over only its owner knows; the record's own retention limits how long it counts.
            if (record.Value.Row is not GuestRow guest) continue;
            await named.Add(guest.Run, Standing(guest.Index.Live), cancel);
            await named.Add(guest.End, ArtifactStanding.Live, cancel);
        }

        return named;
    }

    private async Task Add(RunSpec? run, ArtifactStanding standing, CancellationToken cancel)
    {
        if (run is null) return;
        if (run.Input is { } input) AddInput(input, standing);
        foreach (var upstream in OrEmpty(run.Upstream)) AddAll(upstream.Artifacts, standing);
        await AddCheckpoint(run.RestoreFrom, standing, cancel);
    }

    private async Task Add(AttemptEnd? end, ArtifactStanding standing, CancellationToken cancel)
    {
        if (end is null) return;
        AddAll(end.Artifacts, standing);
        await AddCheckpoint(end.CheckpointRef, standing, cancel);
    }

    private void AddInput(InputRef input, ArtifactStanding standing)
    {
        const string scheme = "artifact:";
        if (input.Uri.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) AddHash(input.Uri[scheme.Length..].Trim('/'), standing);
    }

    private void AddAll(ImmutableArray<ArtifactRef> artifacts, ArtifactStanding standing)
    {
        foreach (var artifact in OrEmpty(artifacts)) AddHash(artifact.Sha256, standing);
    }

    /// <summary>The index of a checkpoint and, where it lies here, the files it lists.</summary>
    private async Task AddCheckpoint(string? reference, ArtifactStanding standing, CancellationToken cancel)
    {
        if (reference is null) return;
        var hash = reference[(reference.LastIndexOf('/') + 1)..].ToLowerInvariant();
        if (!Raise(_indexes, hash, standing)) return;       // its files have that standing already
        AddHash(hash, standing);
        if (!Sha256Hex.IsValid(hash)) return;
        var index = await _artifacts.Peek(hash, CheckpointFiles.IndexBytesAtMost, cancel);
        foreach (var file in CheckpointFiles.Read(index)) AddHash(file, standing);
    }

    private void AddHash(string sha256, ArtifactStanding standing) => Raise(_standings, sha256.ToLowerInvariant(), standing);

    /// <summary>What is named twice has the higher standing. False: it stood as high already.</summary>
    private static bool Raise(Dictionary<string, ArtifactStanding> standings, string hash, ArtifactStanding standing)
    {
        if (standings.GetValueOrDefault(hash) >= standing) return false;
        standings[hash] = standing;
        return true;
    }

    private static ArtifactStanding Standing(bool isLive) => isLive ? ArtifactStanding.Live : ArtifactStanding.Ended;

    private static ImmutableArray<T> OrEmpty<T>(ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
