using System.Collections.Immutable;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Tests.Cluster;

public sealed class TaskTests
{
    private static readonly TaskId First = new(FakeFleet.Job, 0);

    private readonly FakeFleet _fleet = new();

    private Task<TaskDetail> Get(int index = 0) => _fleet.Client().GetTaskAsync($"{FakeFleet.Job}/{index}");

    [Fact]
    public async Task Shows_a_queued_task_with_the_reason_why_it_waits()
    {
        _fleet.Put(FakeFleet.AJob());
        _fleet.Live[First] = new Overlay(First, TaskPhase.Pending, 0, null, null, PendingReason.InsufficientCapacity, "asks 8, free 3", null);
        var task = await Get();
        Assert.Equal(("Pending", "InsufficientCapacity", "asks 8, free 3", 0), (task.State, task.Reason, task.Evidence, task.Attempt));
        Assert.Equal("train", task.Name);
    }

    [Fact]
    public async Task Lays_the_live_picture_over_the_stored_record()
    {
        _fleet.Put(FakeFleet.AJob(2), FakeFleet.ARow(First, TaskPhase.Leased, FakeFleet.AnAttempt(1, FakeFleet.West)));
        _fleet.Live[First] = new Overlay(First, TaskPhase.Running, 1, FakeFleet.West, new NodeId(FakeFleet.West, "n07"), null, null, FakeFleet.Noon);
        var task = await Get();
        Assert.Equal(("Running", "eu-west", "eu-west/n07", FakeFleet.Noon), (task.State, task.Region, task.Node, task.StartedAt));
        Assert.Equal(FakeFleet.Noon, task.Attempts.Single().StartedAt);
        Assert.Equal("train/fit", task.Name);
    }

    [Fact]
    public async Task Believes_the_record_of_a_task_that_is_over()
    {
        var end = new AttemptEnd(AttemptEndCause.ExitNonZero, 3, null, "exit 3", FakeFleet.Noon, FakeFleet.Noon.AddMinutes(1), [new ArtifactRef("m", FakeFleet.West, "ab", 7)], [new MetricValue("loss", 0.5, 9)]);
        _fleet.Put(FakeFleet.AJob(), FakeFleet.ARow(First, TaskPhase.Failed, FakeFleet.AnAttempt(1, FakeFleet.West, end) with { ExpectedRun = TimeSpan.FromSeconds(90) }) with { Message = "exit 3" });
        _fleet.Live[First] = new Overlay(First, TaskPhase.Running, 1, FakeFleet.West, null, PendingReason.BehindInQueue, "x", null);
        var task = await Get();
        Assert.Equal(("Failed", 3, "exit 3", null), (task.State, task.ExitCode, task.Message, task.Reason));
        Assert.Equal(("ExitNonZero", FakeFleet.Noon.AddMinutes(1)), (task.Attempts[0].End, task.Attempts[0].EndedAt));
        Assert.Equal(90, task.Attempts[0].ExpectedRunSeconds);
        Assert.Equal(("m", 0.5), (task.Artifacts[0].Name, task.Metrics[0].Value));
    }

    [Fact]
    public async Task Takes_the_state_of_a_task_without_a_record_from_its_job()
    {
        _fleet.Put(FakeFleet.AJob(3) with { CancelledIndexes = [1] });
        Assert.Equal(("Pending", "Cancelled"), ((await Get(0)).State, (await Get(1)).State));
        _fleet.Put(FakeFleet.AJob(3, JobPhase.Cancelling));
        Assert.Equal("Cancelled", (await Get(2)).State);
        _fleet.Put(FakeFleet.AJob(3, JobPhase.Failed) with { Message = "task 0 failed" });
        var dependent = await Get(2);
        Assert.Equal(("Cancelled", "task 0 failed", FakeFleet.Noon.AddMinutes(9)), (dependent.State, dependent.Message, dependent.EndedAt));
        _fleet.Put(FakeFleet.AJob(3) with { DoomedGroups = [new DoomedGroup("fit", "data failed")] });
        var doomed = await Get(1);
        Assert.Equal(("Cancelled", "data failed"), (doomed.State, doomed.Message));
    }

    [Fact]
    public async Task Asks_the_owner_of_a_task_wherever_it_is()
    {
        var job = new JobId(FakeFleet.South, FakeFleet.Job.Key);
        _fleet.Put(FakeFleet.AJob(id: job));
        await _fleet.Client().GetTaskAsync($"{job}/0");
        Assert.All(_fleet.Asked, a => Assert.Equal(FakeFleet.South, a.To.Region));

        _fleet.Silent.Add(FakeFleet.South);
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().GetTaskAsync($"{job}/0"));
        Assert.Equal(ProblemCodes.RegionUnreachable, failed.Code);
        Assert.Contains("ap-south", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hands_every_filter_to_the_query()
    {
        _fleet.Put(FakeFleet.AJob());
        await _fleet.Client().ListTasksAsync(new TaskFilter
        {
            Job = FakeFleet.Job.ToString(),
            States = ["Pending", "Running"],
            Region = "eu-west",
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "nlp"),
            Limit = 7,
            Cursor = "c",
        });
        var query = _fleet.TaskQueries.Single();
        Assert.Equal((FakeFleet.Job, FakeFleet.West, 7, "c"), (query.Job, query.RunsIn, query.Limit, query.Cursor));
        Assert.Equal([TaskPhase.Pending, TaskPhase.Running], query.Phases);
        Assert.Equal("nlp", query.Labels["team"]);
    }

    [Fact]
    public async Task Lists_tasks_of_another_owner_there()
    {
        var peer = new Peer();
        _fleet.Peers[FakeFleet.West] = peer;
        var job = new JobId(FakeFleet.West, FakeFleet.Job.Key);
        var page = await _fleet.Client().ListTasksAsync(new TaskFilter { Job = job.ToString() });
        Assert.Equal((42L, job.ToString()), (page.Total, peer.LastTasks!.Job));
        await _fleet.Client().ListTasksAsync(new TaskFilter { Owner = "eu-west" });
        Assert.Equal("eu-west", peer.LastTasks!.Owner);
        Assert.Empty(_fleet.TaskQueries);
    }

    [Fact]
    public async Task Says_not_found_for_the_tasks_of_a_job_that_is_not_there()
    {
        var failed = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().ListTasksAsync(new TaskFilter { Job = FakeFleet.Job.ToString() }));
        Assert.Equal(ProblemCodes.NotFound, failed.Code);
    }

    [Fact]
    public async Task Turns_the_failures_of_a_query_into_errors_with_advice()
    {
        async Task<string> Code(Exception failure, string? cursor = null)
        {
            _fleet.QueryFailure = failure;
            return (await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().ListTasksAsync(new TaskFilter { Owner = "us-east", Cursor = cursor }))).Code;
        }

        Assert.Equal(ProblemCodes.StoreUnavailable, await Code(new StoreUnavailableException("disk full", false)));
        Assert.Equal(ProblemCodes.RegionUnreachable, await Code(new TimeoutException("30 s")));
        Assert.Equal(ProblemCodes.BadParameter, await Code(new ArgumentException("bad cursor"), "xyz"));
    }

    [Fact]
    public async Task Cancels_through_the_job_and_refuses_what_has_ended()
    {
        _fleet.Put(FakeFleet.AJob(2), FakeFleet.ARow(First, TaskPhase.Succeeded), FakeFleet.ARow(First with { Index = 1 }, TaskPhase.Cancelled));
        var ended = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().CancelTaskAsync(First.ToString(), new CancelOptions()));
        Assert.Equal(ProblemCodes.AlreadyEnded, ended.Code);

        var again = await _fleet.Client().CancelTaskAsync($"{FakeFleet.Job}/1", new CancelOptions("enough", true));
        Assert.Equal($"{FakeFleet.Job}/1", again.Id);
        Assert.Contains(_fleet.Asked, a => a.To == Address.Of(FakeFleet.Job) && a.Message == new CancelOne(First with { Index = 1 }, "enough", true));
    }

    [Fact]
    public async Task Cancels_a_job_and_refuses_one_that_has_ended()
    {
        _fleet.Put(FakeFleet.AJob());
        await _fleet.Client().CancelJobAsync(FakeFleet.Job.ToString(), new CancelOptions());
        Assert.Contains(_fleet.Asked, a => a.Message == new CancelJob(FakeFleet.Job, "cancelled", false));
        _fleet.Put(FakeFleet.AJob(phase: JobPhase.Succeeded));
        var ended = await Assert.ThrowsAsync<LeptonException>(() => _fleet.Client().CancelJobAsync(FakeFleet.Job.ToString(), new CancelOptions()));
        Assert.Equal(ProblemCodes.AlreadyEnded, ended.Code);
    }

    [Fact]
    public async Task Explains_by_the_region_and_where_that_knows_nothing_by_the_record()
    {
        _fleet.Put(FakeFleet.AJob(), FakeFleet.ARow(First, TaskPhase.Failed) with { Message = "exit 3" });
        var ended = await _fleet.Client().ExplainAsync(First.ToString());
        Assert.Equal(("Failed", null, "exit 3"), (ended.State, ended.Reason, ended.Evidence));

        _fleet.Explanations[First] = new Explanation(
            First, TaskPhase.Pending, PendingReason.Fragmented, "8 free, 4 on one node", ["ask for 4"],
            [new RegionVerdict(FakeFleet.West, PendingReason.NoEligibleNode, "all lost", 3, 0, [new Refusals("Healthy", 3, "lost")], TimeSpan.FromSeconds(2))], 4, FakeFleet.Noon);
        var waiting = await _fleet.Client().ExplainAsync(First.ToString());
        Assert.Equal(("Pending", "Fragmented", 4), (waiting.State, waiting.Reason, waiting.QueuePosition));
        Assert.Equal(("eu-west", "NoEligibleNode", 2.0, 3), (waiting.Regions[0].Region, waiting.Regions[0].Reason, waiting.Regions[0].PictureAgeSeconds, waiting.Regions[0].TurnedDown[0].Nodes));
    }

    [Fact]
    public async Task Explains_a_delegated_task_by_the_region_that_has_it_and_by_its_owner_when_that_is_silent()
    {
        _fleet.Put(FakeFleet.AJob());
        const string delegated = "delegated to region eu-west 12.3 s ago, waits in its queue";
        _fleet.Live[First] = new Overlay(First, TaskPhase.Pending, 1, FakeFleet.West, null, PendingReason.BehindInQueue, delegated, null);
        _fleet.Explanations[First] = new Explanation(First, TaskPhase.Pending, PendingReason.BehindInQueue, delegated, [], [], null, FakeFleet.Noon);
        _fleet.GuestExplanations[(FakeFleet.West, First)] =
            new Explanation(First, TaskPhase.Pending, PendingReason.InsufficientCapacity, "asks 8, free 3", ["ask for 3"], [], 2, FakeFleet.Noon);
        var said = await _fleet.Client().ExplainAsync(First.ToString());
        Assert.Equal(("Pending", "InsufficientCapacity", "in region eu-west: asks 8, free 3", 2), (said.State, said.Reason, said.Evidence, said.QueuePosition));

        _fleet.Silent.Add(FakeFleet.West);
        said = await _fleet.Client().ExplainAsync(First.ToString());
        Assert.Equal(("Pending", "BehindInQueue", delegated), (said.State, said.Reason, said.Evidence));
    }

    [Fact]
    public async Task Never_leaves_a_wait_without_a_reason()
    {
        _fleet.Put(FakeFleet.AJob());
        var waiting = await _fleet.Client().ExplainAsync(First.ToString());
        Assert.Equal(("Pending", "NotYetEvaluated"), (waiting.State, waiting.Reason));
        Assert.NotEqual("", waiting.Evidence);
    }
}
