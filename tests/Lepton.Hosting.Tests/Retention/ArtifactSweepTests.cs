using System.Collections.Immutable;
using System.Text;
using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Lepton.Hosting.Tests;

/// <summary>What rows name stays: by its age, and by the size of all when live work names it.</summary>
public sealed class ArtifactSweepTests : IDisposable
{
    private static readonly DateTimeOffset LongAgo = Some.Noon.AddDays(-8);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(LongAgo);
    private readonly MemoryRegionStore _store = new();
    private readonly RetentionOptions _options = new();
    private readonly Said _said = new();
    private readonly FileArtifactStore _artifacts;

    public ArtifactSweepTests() =>
        _artifacts = Stores.Artifacts(new ArtifactOptions { Root = _folder.Path }, new RegionDirectory(Some.Region, []), _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _artifacts.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("end of an attempt")]
    [InlineData("run of a task")]
    [InlineData("run of a guest")]
    [InlineData("end of a guest")]
    public async Task A_checkpoint_stays_with_all_its_files(string namedBy)
    {
        string[] files = [await Put("weights"), await Put("optimizer")];
        var index = await Put(Index(files));
        await Put("nobody's");
        var reference = $"us-east/{index}";
        await Write(namedBy switch
        {
            "end of an attempt" => Task(0, TaskPhase.Pending, End(checkpoint: reference)),
            "run of a task" => Task(0, TaskPhase.Pending, null, Run(restoreFrom: reference)),
            "run of a guest" => Guest(GuestPhase.Waiting, Run(restoreFrom: reference), null),
            _ => Guest(GuestPhase.Settled, null, End(checkpoint: reference)),
        });

        Assert.Equal(1, await Sweep());

        Assert.Equal([.. files.Append(index).Order()], Left());
    }

    [Fact]
    public async Task The_files_of_a_checkpoint_go_with_the_row_that_named_it()
    {
        await Put(Index([await Put("weights")]));

        Assert.Equal(2, await Sweep());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"files\":7}")]
    [InlineData("{\"files\":[7,{},{\"sha256\":null}]}")]
    [InlineData("{\"files\":[{\"sha256\"")]
    public async Task What_is_no_index_of_a_checkpoint_is_kept_for_itself(string content)
    {
        var index = await Put(content);
        await Write(Task(0, TaskPhase.Pending, End(checkpoint: index)));

        Assert.Equal(0, await Sweep());
    }

    [Fact]
    public async Task References_to_what_is_not_here_or_is_no_hash_are_nothing_to_keep()
    {
        await Put("nobody's");
        await Write(
            Task(0, TaskPhase.Pending, End(checkpoint: "eu-west/" + new string('a', 64))),
            Task(1, TaskPhase.Pending, End(checkpoint: "us-east/../../etc")));

        Assert.Equal(1, await Sweep());
    }

    [Fact]
    public async Task Inputs_of_jobs_and_of_runs_stay()
    {
        var ofJob = await Put("of a job");
        var ofGuest = await Put("of a guest");
        await Put("nobody's");
        await Write(
            Job(JobPhase.Active, Artifact(ofJob), new InputRef("file:///data/part.csv", null, 1)),
            Guest(GuestPhase.Leased, Run(input: Artifact(ofGuest)), null));

        Assert.Equal(1, await Sweep());

        Assert.Equal([.. new[] { ofJob, ofGuest }.Order()], Left());
    }

    [Fact]
    public async Task Beyond_the_size_what_ended_jobs_name_goes_and_what_live_work_names_stays()
    {
        _options.MaxArtifactBytes = 1 << 20;
        _time.SetUtcNow(Some.Noon.AddHours(-3));
        string upstream = await Put(Noise(1)), input = await Put(Noise(2)), weights = await Put(Noise(3)), index = await Put(Index([weights]));
        string made = await Put(Noise(4)), ended = await Put(Noise(5));
        await Put(Noise(6));
        await Write(
            Job(JobPhase.Active, Artifact(input)),
            Task(0, TaskPhase.Succeeded, End(output: upstream)),
            Task(1, TaskPhase.Pending, End(checkpoint: $"us-east/{index}")),
            Task(0, TaskPhase.Succeeded, End(output: ended), job: "over"),
            Guest(GuestPhase.Settled, null, End(output: made)));

        Assert.Equal(2, await Sweep());

        Assert.Equal([.. new[] { upstream, input, weights, index, made }.Order()], Left());
        Assert.Equal(
            $"Warning: Artifacts are over the limit of 1048576 bytes, but live jobs name all that is left: {_artifacts.TotalBytes} bytes. Maybe raise MaxArtifactBytes.",
            Assert.Single(_said.Lines));
    }

    [Fact]
    public async Task What_is_named_by_live_and_by_ended_work_stays()
    {
        _options.MaxArtifactBytes = 1 << 20;
        _time.SetUtcNow(Some.Noon.AddHours(-3));
        var weights = await Put(new string('w', 2 << 20));
        var index = await Put(Index([weights]));
        await Write(
            Job(JobPhase.Active), Task(0, TaskPhase.Failed, End(output: index, checkpoint: $"us-east/{index}"), job: "a-over"),
            Task(0, TaskPhase.Pending, End(checkpoint: $"us-east/{index}")));

        Assert.Equal(0, await Sweep());
    }

    [Fact]
    public async Task Says_nothing_when_others_could_go_or_are_only_too_fresh()
    {
        _options.MaxArtifactBytes = 1 << 20;
        _time.SetUtcNow(Some.Noon.AddHours(-3));
        var live = await Put(Noise(1));
        await Put(Noise(2));
        await Write(Job(JobPhase.Active, Artifact(live)));
        Assert.Equal(1, await Sweep());

        await Put(Noise(3));
        await Write(Task(0, TaskPhase.Running, End(output: live)));
        Assert.Equal(0, await Sweep());

        Assert.Empty(_said.Lines);
    }

    [Fact]
    public async Task Looking_at_an_index_does_not_count_as_its_use()
    {
        var index = await Put(Index([await Put("weights")]));
        await Write(Task(0, TaskPhase.Pending, End(checkpoint: index)));

        await Sweep();

        Assert.All(_artifacts.All(), a => Assert.Equal(LongAgo, a.UsedAt));
    }

    private static string Noise(int seed) => Convert.ToHexString(Stores.Noise(300_000, seed));

    private static string Index(IEnumerable<string> files) =>
        $$"""{"step":40,"files":[{{string.Join(',', files.Select(f => $$"""{"name":"a.bin","sha256":"{{f}}","sizeBytes":7}"""))}}]}""";

    private static InputRef Artifact(string hash) => new($"artifact:{hash}", Some.Region, 1);

    private static AttemptEnd End(string? output = null, string? checkpoint = null) =>
        AttemptEnd.Bare(AttemptEndCause.Preempted, "", LongAgo) with
        {
            Artifacts = output is null ? [] : [new ArtifactRef("model.bin", Some.Region, output, 1)],
            CheckpointRef = checkpoint,
        };

    private static TaskTemplate Template() => new() { Group = "train", Command = ["train"], Demand = new Demand(default) };

    private static RunSpec Run(InputRef? input = null, string? restoreFrom = null) =>
        new(new TaskId(Some.Job(), 0), "train", TenantId.Default, Template(), 0, input, ImmutableSortedDictionary<string, string>.Empty, [], 50, LongAgo, restoreFrom);

    private static StoredMachine Job(JobPhase phase, params InputRef[] inputs) => new(
        new JobRow
        {
            Job = Some.Job(),
            Spec = new JobSpec { Kind = "train", Name = "j1", Groups = [new TaskGroup("train", 0, 2, Template(), [.. inputs], [], [])] },
            BodyHash = "",
            SubmittedAt = LongAgo,
            Phase = phase,
        },
        []);

    private static StoredMachine Task(int index, TaskPhase phase, AttemptEnd? end, RunSpec? run = null, string job = "j1")
    {
        var row = (TaskRow)Some.Task(index, phase, Some.Noon.AddDays(-1), job: job).Row;
        return new StoredMachine(row with { Run = run, Attempts = [new AttemptRecord(1, Some.Region, null, LongAgo, end)] }, []);
    }

    private static StoredMachine Guest(GuestPhase phase, RunSpec? run, AttemptEnd? end) => new(
        new GuestRow
        {
            Attempt = new AttemptId(new TaskId(Some.Job("theirs"), 0), 1), Run = run, Phase = phase, End = end, AcceptedAt = LongAgo,
            SettledAt = phase == GuestPhase.Settled ? Some.Noon.AddDays(-1) : null, Tenant = TenantId.Default,
        },
        []);

    private async Task<string> Put(string content) => (await _artifacts.Put(new MemoryStream(Encoding.UTF8.GetBytes(content)), null, Cancel)).Sha256;

    private async Task Write(params StoredMachine[] machines) => Assert.NotNull(await _store.Write([.. machines.Select(Some.New)], Cancel));

    private List<string> Left() => [.. _artifacts.All().Select(a => a.Sha256).Order()];

    private async Task<int> Sweep()
    {
        _time.SetUtcNow(Some.Noon);
        using var service = new RetentionService(_options, _store, _time, _said, null, _artifacts);
        return (await service.Sweep(Cancel)).Artifacts;
    }

    /// <summary>What was logged.</summary>
    private sealed class Said : ILogger<RetentionService>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
