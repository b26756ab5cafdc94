using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Lepton.Hosting.Tests;

public sealed class RetentionTests : IDisposable
{
    private static readonly DateTimeOffset LongAgo = Some.Noon.AddDays(-8);
    private static readonly DateTimeOffset Lately = Some.Noon.AddDays(-6);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(LongAgo);
    private readonly MemoryRegionStore _store = new();
    private readonly RetentionOptions _options = new() { RowsPerBatch = 3 };
    private readonly FileLogStore _logs;
    private readonly FileArtifactStore _artifacts;

    public RetentionTests()
    {
        _logs = new FileLogStore(new LogOptions { Root = _folder.Path });
        _artifacts = Stores.Artifacts(new ArtifactOptions { Root = _folder.Path }, new RegionDirectory(Some.Region, []), _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _artifacts.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_old_job_goes_with_all_its_tasks_and_a_younger_one_stays()
    {
        await Write(Job("old", JobPhase.Succeeded, LongAgo), Job("young", JobPhase.Failed, Lately));
        await Write([.. Enumerable.Range(0, 10).Select(i => Some.Task(i, TaskPhase.Succeeded, LongAgo, job: "old"))]);
        await Write(Some.Task(0, TaskPhase.Failed, Lately, job: "young"));

        Assert.Equal(11, (await Sweep()).Rows);

        Assert.Equal(["job/us-east.young", "task/us-east.young/00000000"], await Keys());
    }

    [Fact]
    public async Task A_key_that_was_held_for_a_job_elsewhere_goes_as_an_ended_job_does()
    {
        StoredMachine Held(string key, DateTimeOffset at) => new(
            new HeldKeyRow { Job = Some.Job(key), HeldFor = new JobId(new RegionId("eu-west"), key), HeldAt = at }, []);
        await Write(Held("old", LongAgo), Held("young", Lately));

        Assert.Equal(1, (await Sweep()).Rows);

        Assert.Equal(["job/us-east.young"], await Keys());
    }

    [Fact]
    public async Task Ended_tasks_of_a_job_that_still_runs_stay_however_old()
    {
        await Write(Job("runs", JobPhase.Active, LongAgo), Some.Task(0, TaskPhase.Succeeded, LongAgo, job: "runs"));

        Assert.Equal(0, (await Sweep()).Rows);
    }

    [Fact]
    public async Task A_job_one_of_whose_tasks_still_owes_waits_for_it()
    {
        await Write(
            Job("old", JobPhase.Cancelled, LongAgo), Some.Task(0, TaskPhase.Failed, LongAgo, job: "old", owes: true),
            Some.Task(1, TaskPhase.Failed, LongAgo, job: "old"));

        Assert.Equal(1, (await Sweep()).Rows);

        Assert.Equal(["job/us-east.old", "task/us-east.old/00000000"], await Keys());
    }

    [Fact]
    public async Task A_job_that_owes_is_not_touched()
    {
        var job = Job("old", JobPhase.Succeeded, LongAgo);
        await Write(job with { Owed = [new OwedSend(1, Address.Of(Some.Region), new JobClosed(Some.Job("old")))] });
        await Write(Some.Task(0, TaskPhase.Succeeded, LongAgo, job: "old"));

        Assert.Equal(0, (await Sweep()).Rows);
    }

    [Fact]
    public async Task Settled_guests_go_and_others_stay()
    {
        await Write(Guest(0, GuestPhase.Settled, LongAgo), Guest(1, GuestPhase.Settled, Lately), Guest(2, GuestPhase.Ended, LongAgo));

        Assert.Equal(1, (await Sweep()).Rows);

        Assert.Equal(["guest/us-east.j1/00000001", "guest/us-east.j1/00000002"], await Keys());
    }

    [Fact]
    public async Task Old_logs_go_and_that_of_a_live_task_stays()
    {
        await Write(Some.Task(1));
        await Log(0, 10, LongAgo);
        await Log(1, 10, LongAgo);
        await Log(2, 10, Lately);

        Assert.Equal(1, (await Sweep()).Logs);

        Assert.Null(await _logs.Extent(Attempt(0), Cancel));
        Assert.NotNull(await _logs.Extent(Attempt(1), Cancel));
        Assert.NotNull(await _logs.Extent(Attempt(2), Cancel));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "logs", "us-east.j1", "0")));
    }

    [Fact]
    public async Task Beyond_the_size_the_oldest_logs_go_first()
    {
        _options.MaxLogBytes = 1 << 20;
        for (var i = 0; i < 5; i++) await Log(i, 300_000, Lately.AddHours(i));

        Assert.Equal(2, (await Sweep()).Logs);

        Assert.Null(await _logs.Extent(Attempt(1), Cancel));
        Assert.NotNull(await _logs.Extent(Attempt(2), Cancel));
    }

    [Fact]
    public async Task Old_artifacts_go_unless_a_row_names_them_or_they_were_used_lately()
    {
        byte[] lost = [1], named = [2], used = [3];
        foreach (var content in new[] { lost, named, used }) await _artifacts.Put(new MemoryStream(content), null, Cancel);
        await Write(WithArtifact(0, named, Lately));
        _time.SetUtcNow(Some.Noon);
        (await _artifacts.Open(Stores.Hash(used), Cancel))!.Dispose();

        Assert.Equal(1, (await Sweep()).Artifacts);

        Assert.Null(await _artifacts.Open(Stores.Hash(lost), Cancel));
        Assert.Equal(2, _artifacts.TotalBytes);
    }

    [Fact]
    public async Task Beyond_the_size_unnamed_artifacts_go_before_named_ones_and_fresh_ones_never()
    {
        _options.MaxArtifactBytes = 1 << 20;
        byte[] named = Stores.Noise(600_000, 1), unnamed = Stores.Noise(600_000, 2), fresh = Stores.Noise(600_000, 3);
        _time.SetUtcNow(Lately);
        await _artifacts.Put(new MemoryStream(named), null, Cancel);
        _time.SetUtcNow(Lately.AddDays(1));
        await _artifacts.Put(new MemoryStream(unnamed), null, Cancel);
        await Write(WithArtifact(0, named, Lately));
        _time.SetUtcNow(Some.Noon);

        Assert.Equal(1, (await Sweep()).Artifacts);
        Assert.Equal(Stores.Hash(named), Assert.Single(_artifacts.All()).Sha256);

        await _artifacts.Put(new MemoryStream(fresh), null, Cancel);
        Assert.True(_artifacts.Remove(Stores.Hash(named), Some.Noon));
        await _artifacts.Put(new MemoryStream(unnamed), null, Cancel);
        Assert.Equal(0, (await Sweep()).Artifacts);
    }

    [Fact]
    public async Task Sweeps_at_its_pace_and_goes_on_after_a_failure()
    {
        await Write(Guest(0, GuestPhase.Settled, LongAgo));
        _time.SetUtcNow(Some.Noon);
        var failing = new FailingOnce(_store);
        using var service = Service(failing);
        await service.StartAsync(Cancel);

        // The service arms its timer on a thread of its own: time goes on until it has seen it.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!failing.Failed.Task.IsCompleted || (await Keys()).Count > 0)
        {
            _time.Advance(_options.SweepEvery);
            await Task.Delay(1, limit.Token);
        }

        await service.StopAsync(Cancel);
    }

    [Fact]
    public void Lists_every_error_of_its_options()
    {
        var errors = new RetentionOptions
        {
            Jobs = default, Guests = default, Logs = default, Artifacts = default, MaxLogBytes = 0, MaxArtifactBytes = 0,
            FreshArtifacts = TimeSpan.FromDays(2), SweepEvery = default, RowsPerBatch = 0,
        }.Errors();

        Assert.Equal(9, errors.Count);
        Assert.Empty(new RetentionOptions().Errors());
    }

    private static StoredMachine Job(string key, JobPhase phase, DateTimeOffset at) => new(
        new JobRow
        {
            Job = Some.Job(key),
            Spec = new JobSpec { Kind = "train", Name = key, Groups = [] },
            BodyHash = "",
            SubmittedAt = at,
            Phase = phase,
            EndedAt = phase == JobPhase.Active ? null : at,
        },
        []);

    private static StoredMachine Guest(int index, GuestPhase phase, DateTimeOffset at) => new(
        new GuestRow
        {
            Attempt = new AttemptId(new TaskId(Some.Job(), index), 1), Phase = phase, AcceptedAt = at, SettledAt = at, Tenant = TenantId.Default,
        },
        []);

    private static StoredMachine WithArtifact(int index, byte[] content, DateTimeOffset at)
    {
        var end = AttemptEnd.Bare(AttemptEndCause.Completed, "", at) with { Artifacts = [Stores.Ref(content)] };
        var row = (TaskRow)Some.Task(index, TaskPhase.Succeeded, at).Row;
        return new StoredMachine(row with { Attempts = [new AttemptRecord(1, Some.Region, null, at, end)] }, []);
    }

    private static AttemptId Attempt(int index) => new(new TaskId(Some.Job(), index), 1);

    private async Task Log(int index, int bytes, DateTimeOffset at)
    {
        await _logs.Append(Attempt(index), 0, new byte[bytes], Cancel);
        foreach (var file in Directory.GetFiles(Path.Combine(_folder.Path, "logs", "us-east.j1", $"{index}", "1"))) File.SetLastWriteTimeUtc(file, at.UtcDateTime);
    }

    private async Task Write(params StoredMachine[] machines) => Assert.NotNull(await _store.Write([.. machines.Select(Some.New)], Cancel));

    private async Task<List<string>> Keys() => (await _store.Scan(new RowScan("", false), Cancel).ToList()).ConvertAll(r => r.Key);

    private RetentionService Service(IRegionStore store) => new(_options, store, _time, NullLogger<RetentionService>.Instance, _logs, _artifacts);

    private async Task<(int Rows, int Logs, int Artifacts)> Sweep()
    {
        _time.SetUtcNow(Some.Noon);
        using var service = Service(_store);
        return await service.Sweep(Cancel);
    }

    /// <summary>A store whose first purge fails.</summary>
    private sealed class FailingOnce(IRegionStore inner) : IRegionStore
    {
        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<StoredRecord?> Read(string key, CancellationToken cancel) => inner.Read(key, cancel);

        public ValueTask<long[]?> Write(IReadOnlyList<RowWrite> batch, CancellationToken cancel) => inner.Write(batch, cancel);

        public IAsyncEnumerable<StoredRecord> Scan(RowScan scan, CancellationToken cancel) => inner.Scan(scan, cancel);

        public ValueTask<RowPage> List(RowList list, CancellationToken cancel) => inner.List(list, cancel);

        public IAsyncEnumerable<OwingRow> ScanOwing(long after, CancellationToken cancel) => inner.ScanOwing(after, cancel);

        public ValueTask<int> Purge(string prefix, DateTimeOffset endedBefore, int limit, CancellationToken cancel) =>
            Failed.TrySetResult() ? throw new StoreUnavailableException("the disk is full", false) : inner.Purge(prefix, endedBefore, limit, cancel);
    }
}
