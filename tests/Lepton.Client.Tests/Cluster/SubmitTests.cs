using System.Collections.Immutable;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class SubmitTests
{
    private const string Spec = """
        {"apiVersion":"lepton.dev/v1","kind":"Task","name":"train","run":{"command":["true"]},"resources":{"cpus":2,"memory":"2GiB"}}
        """;

    private readonly FakeFleet _fleet = new();

    /// <summary>Every job that is not known yet is accepted, in whatever region.</summary>
    private void AcceptAll(string? key, Func<SubmitJob, Reply>? reply = null)
    {
        foreach (var region in _fleet.Directory.Regions.Select(r => r.Region))
        {
            var job = key is null ? default : JobIds.FromKey(region, TenantId.Default, "tasks", key);
            if (key is not null) _fleet.Answer(Address.Of(job), m => m is SubmitJob s ? reply?.Invoke(s) ?? new JobAccepted(s.Job, s.Spec.TaskCount, false) : null);
        }
    }

    private SubmitJob Submitted() => _fleet.Asked.Select(a => a.Message).OfType<SubmitJob>().Single();

    [Fact]
    public async Task Sends_a_foreign_key_to_the_region_it_belongs_to()
    {
        AcceptAll("eu-west/1");
        var accepted = await _fleet.Client().SubmitAsync(Spec, new SubmitOptions("eu-west/1"));
        Assert.Equal(JobIds.FromKey(FakeFleet.West, TenantId.Default, "tasks", "eu-west/1").ToString(), accepted.Job);
        Assert.Equal(FakeFleet.West, _fleet.Asked.Single(a => a.Message is SubmitJob).To.Region);
        Assert.Equal(("train", 1, false), (accepted.Name, accepted.Tasks, accepted.Replayed));
    }

    [Fact]
    public async Task Keeps_a_bare_key_in_the_region_that_is_asked()
    {
        AcceptAll("k");
        var accepted = await _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k"));
        Assert.StartsWith("us-east.", accepted.Job, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_same_spec_with_other_blanks_for_the_same_body()
    {
        AcceptAll("k");
        await _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k"));
        var first = Submitted().BodyHash;
        _fleet.Asked.Clear();
        await _fleet.Client().SubmitAsync(Spec.Replace(",", " ,\n ", StringComparison.Ordinal), new SubmitOptions("k"));
        Assert.Equal(first, Submitted().BodyHash);
        _fleet.Asked.Clear();
        await _fleet.Client().SubmitAsync(Spec.Replace("2GiB", "3GiB", StringComparison.Ordinal), new SubmitOptions("k"));
        Assert.NotEqual(first, Submitted().BodyHash);
    }

    [Fact]
    public async Task Says_that_it_is_unknown_whether_a_silent_region_accepted()
    {
        _fleet.Silent.Add(FakeFleet.West);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec, new SubmitOptions("eu-west/1")));
        Assert.Equal(ProblemCodes.UnknownWhetherAccepted, failed.Code);
        Assert.Contains("eu-west/1", failed.Problem.Hint, StringComparison.Ordinal);
        Assert.NotNull(failed.RetryAfter);
    }

    [Theory]
    [InlineData(RefusalCode.Conflict, ProblemCodes.IdempotencyKeyReused)]
    [InlineData(RefusalCode.LimitReached, ProblemCodes.LimitReached)]
    [InlineData(RefusalCode.StoreUnavailable, ProblemCodes.StoreUnavailable)]
    [InlineData(RefusalCode.Invalid, ProblemCodes.InvalidSpec)]
    public async Task Passes_on_a_refusal_with_its_words(RefusalCode refusal, string code)
    {
        AcceptAll("k", _ => new Refused(refusal, "because of 7", "do 8"));
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k")));
        Assert.Equal((code, "because of 7", "do 8"), (failed.Code, failed.Message, failed.Problem.Hint));
    }

    [Fact]
    public async Task Says_when_to_come_again_to_a_region_that_is_full()
    {
        AcceptAll("k", _ => new Busy(TimeSpan.FromSeconds(3)));
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k")));
        Assert.Equal((ProblemCodes.Busy, TimeSpan.FromSeconds(3)), (failed.Code, failed.RetryAfter));
    }

    [Fact]
    public async Task Lists_every_error_of_a_spec_and_sends_nothing()
    {
        const string wrong = """
            {"apiVersion":"lepton.dev/v1","kind":"Task","name":"Bad Name","run":{"command":["true"]},
             "resources":{"cpus":2,"acceleraters":1}, "placement":{"regions":["mars"]}}
            """;
        foreach (var ask in new Func<Task>[] { () => _fleet.Client().SubmitAsync(wrong, new SubmitOptions()), () => _fleet.Client().ValidateAsync(wrong) })
        {
            var failed = await Assert.ThrowsAsync<LeptonException>(ask);
            Assert.Equal(ProblemCodes.InvalidSpec, failed.Code);
            var errors = failed.Problem.Errors!.Value;
            Assert.Equal(3, errors.Length);
            Assert.Contains(errors, e => e.Path == "resources.acceleraters" && e.Line == 2);
        }

        Assert.DoesNotContain(_fleet.Asked, a => a.Message is SubmitJob);
    }

    [Fact]
    public async Task Refuses_a_key_of_a_region_that_does_not_exist()
    {
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec, new SubmitOptions("mars/1")));
        Assert.Equal(ProblemCodes.BadParameter, failed.Code);
        Assert.Contains("mars", failed.Message, StringComparison.Ordinal);
    }

    private void SmallNodesEverywhere()
    {
        foreach (var region in _fleet.Directory.Regions.Select(r => r.Region)) _fleet.Nodes[region] = [FakeFleet.ANode(region, "n01", new Capacity(1500, 8L << 30))];
    }

    private void AllSay(PendingReason reason, bool canEver, params RegionId[] but)
    {
        _fleet.Outlook = (region, _) => new Outlooks(
            region,
            [new TaskOutlook("train", null, 1, canEver, reason, $"{region} has 4 cpus", ["ask at most 4 cpus", "add a node"], [.. _fleet.Directory.Regions.Select(r => Of(r.Region, but.Contains(r.Region) ? PendingReason.RegionNotAllowed : reason, canEver))])]);
    }

    private static RegionOutlook Of(RegionId region, PendingReason reason, bool canEver) =>
        new(new RegionVerdict(region, reason, "", 1, 0, [], TimeSpan.Zero), [], canEver, null, null, null, null);

    /// <summary>What a node has room for when it is empty is let in at a glance; of everything else the regions are asked.</summary>
    [Theory]
    [InlineData("\"cpus\": 4", "default", true)]
    [InlineData("\"cpus\": 5", "default", false)]
    [InlineData("\"accelerators\": \"H100:2\"", "default", true)]
    [InlineData("\"accelerators\": \"H100:3\"", "default", false)]
    [InlineData("\"accelerators\": \"A100:1\"", "default", false)]
    [InlineData("\"accelerators\": {\"any_of\": [\"A100:1\", \"H100:1\"]}", "default", true)]
    [InlineData("\"cpus\": 2", "small", true)]
    [InlineData("\"cpus\": 3", "small", false)]
    [InlineData("\"accelerators\": \"H100:2\"", "small", false)]
    [InlineData("\"cpus\": 1", "nobody", false)]
    public async Task Asks_the_regions_of_what_a_glance_does_not_let_in(string resources, string queue, bool plainly)
    {
        AcceptAll("k");
        AllSay(PendingReason.InsufficientCapacity, true);
        _fleet.Queues = [new QueueView("default", []), new QueueView("small", [new QueueCeiling("cpu", 2000), new QueueCeiling("H100", 1000)])];
        var devices = Enumerable.Range(0, 2).Select(i => new DeviceView(
            new Device($"{i}", DeviceKind.Gpu, "H100", 80L << 30, false), new DeviceState($"{i}", DevicePhase.Lost, new Epoch(1), default, "gone"), 1000, 0));
        foreach (var region in _fleet.Directory.Regions.Select(r => r.Region)) _fleet.Nodes[region] = [FakeFleet.ANode(region, "n01", new Capacity(4000, 8L << 30)) with { Devices = [.. devices] }];

        await _fleet.Client().SubmitAsync($$$"""{"apiVersion":"lepton.dev/v1","kind":"Task","name":"train","queue":"{{{queue}}}","run":{"command":["true"]},"resources":{{{{resources}}}}}""", new SubmitOptions("k"));

        Assert.Equal(plainly, !_fleet.Asked.Exists(a => a.Message is AskOutlook));
        Assert.NotNull(Submitted());
    }

    [Fact]
    public async Task Refuses_what_can_never_start_in_the_words_of_its_owner_and_stores_nothing()
    {
        SmallNodesEverywhere();
        AllSay(PendingReason.Unsatisfiable, false, but: FakeFleet.South);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k")));
        Assert.Equal(ProblemCodes.NeverFits, failed.Code);
        Assert.Equal("Task train could never start. Unsatisfiable: us-east has 4 cpus (other regions: eu-west Unsatisfiable, ap-south RegionNotAllowed).", failed.Message);
        Assert.Equal("Maybe ask at most 4 cpus, or add a node.", failed.Problem.Hint);
        Assert.DoesNotContain(_fleet.Asked, a => a.Message is SubmitJob);
    }

    [Fact]
    public async Task Refuses_a_queue_that_does_not_exist_as_a_bad_spec()
    {
        SmallNodesEverywhere();
        AllSay(PendingReason.Misconfigured, false);
        Assert.Equal(ProblemCodes.InvalidSpec, (await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k")))).Code);
    }

    [Fact]
    public async Task Gives_a_known_job_its_first_answer_even_if_nothing_could_hold_it_now()
    {
        SmallNodesEverywhere();
        AllSay(PendingReason.Unsatisfiable, false);
        var job = JobIds.FromKey(FakeFleet.East, TenantId.Default, "tasks", "k");
        _fleet.Answer(Address.Of(job), m => m is SubmitJob ? new JobAccepted(job, 1, true) : FakeFleet.AJob(id: job));
        Assert.True((await _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k"))).Replayed);
    }

    [Fact]
    public async Task Accepts_where_nobody_can_say()
    {
        SmallNodesEverywhere();
        AcceptAll("k");
        await _fleet.Client().SubmitAsync(Spec, new SubmitOptions("k"));       // no region answers what would become of it
        Assert.NotNull(Submitted());
    }

    [Fact]
    public async Task Looks_at_a_picture_of_some_seconds_ago_to_let_a_job_in()
    {
        SmallNodesEverywhere();
        _fleet.Nodes[FakeFleet.East] = [FakeFleet.ANode(FakeFleet.East, "n02", new Capacity(4000, 4L << 30))];
        AcceptAll("k");
        var client = _fleet.Client();
        await client.SubmitAsync(Spec, new SubmitOptions("k"));
        var asks = _fleet.Asked.Count(a => a.Message is AskRegion);
        await client.SubmitAsync(Spec, new SubmitOptions("k"));
        Assert.Equal(asks, _fleet.Asked.Count(a => a.Message is AskRegion));
        Assert.DoesNotContain(_fleet.Asked, a => a.Message is AskOutlook);
    }

    [Fact]
    public async Task Says_what_a_spec_would_become()
    {
        var check = await _fleet.Client().ValidateAsync("""
            {"apiVersion":"lepton.dev/v1","kind":"TaskArray","name":"sweep","array":{"count":7},"run":{"command":["true"]}}
            """);
        Assert.Equal(("TaskArray", "sweep", 7), (check.Kind, check.Name, check.Tasks));
        Assert.Contains("kind: TaskArray", check.Spec, StringComparison.Ordinal);
        Assert.Empty(_fleet.Asked);
    }

    [Fact]
    public async Task Gives_the_schema_of_every_kind_and_of_no_other()
    {
        foreach (var kind in new[] { "Task", "taskarray", "Job" }) Assert.StartsWith("{", await _fleet.Client().GetSchemaAsync(kind), StringComparison.Ordinal);
        Assert.Equal(ProblemCodes.NotFound, (await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().GetSchemaAsync("Poem"))).Code);
    }
}
