using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.EndToEnd.Tests;

/// <summary>Real processes, killed for real.</summary>
[Collection("fleet")]
public sealed class KillTests
{
    private const string Accepted = "Completed";

    [Fact]
    public async Task Sample_completes_with_one_outcome_per_task_after_kill_9_of_the_whole_fleet()
    {
        await using var fleet = new Fleet();
        fleet.Start();
        var job = await SampleJob(fleet);
        await fleet.Eventually("some trainings to have ended and others to run", async client =>
        {
            var tasks = (await client.ListTasksAsync(new TaskFilter { Job = job, Limit = 500 })).Items;
            return tasks.Count(t => t.State == "Succeeded") >= 3 && tasks.Any(t => t.State == "Running");
        });

        var before = await Ended(fleet, job);
        fleet.KillEverything();
        Assert.Empty(Programs.OfHome(fleet.Home));
        fleet.Start();
        await fleet.Eventually("the sample to end after the restart", async client => TaskStates.IsJobOver((await client.GetJobAsync(job)).State));

        Assert.Equal("Succeeded", (await fleet.Client().GetJobAsync(job)).State);
        await AssertOneOutcomeEach(fleet, job);
        var after = await Ended(fleet, job);
        foreach (var (id, attempt) in before) Assert.Equal(attempt, after[id]);      // what was accepted before the kill stands as it was
    }

    [Fact]
    public async Task Adopts_or_ends_the_tasks_of_a_killed_agent_and_none_counts_twice()
    {
        await using var fleet = new Fleet();
        fleet.Start("--no-sample");
        await fleet.Ready();
        var journal = Path.Combine(fleet.Home, "journal");
        var job = (await fleet.Client().SubmitAsync(Sleepers("killed", 6, journal, "us-east"), new SubmitOptions())).Job;
        await RunningIn(fleet, job, "us-east");

        Programs.Signal(fleet.AgentOf("us-east"), Programs.SigKill);
        await fleet.Eventually("the job to end", async client => TaskStates.IsJobOver((await client.GetJobAsync(job)).State));

        Assert.Equal("Succeeded", (await fleet.Client().GetJobAsync(job)).State);
        await AssertOneOutcomeEach(fleet, job);
        AssertNoOverlap(journal);
    }

    [Fact]
    public async Task Ends_the_tasks_of_a_frozen_agent_at_the_deadline_and_runs_them_again_once()
    {
        await using var fleet = new Fleet();
        fleet.Start("--no-sample");
        await fleet.Ready();
        var journal = Path.Combine(fleet.Home, "journal");
        var job = (await fleet.Client().SubmitAsync(Sleepers("frozen", 2, journal, "eu-west", seconds: 25), new SubmitOptions())).Job;
        await RunningIn(fleet, job, "eu-west");

        var agent = fleet.AgentOf("eu-west");
        Programs.Signal(agent, Programs.SigStop);
        await fleet.Eventually("the lease to run out", async client =>
            (await client.GetTaskAsync($"{job}/0")).Attempts.Any(a => a.End is "LeaseExpired" or "NodeLost"));
        Programs.Signal(agent, Programs.SigCont);
        await fleet.Eventually("the job to end", async client => TaskStates.IsJobOver((await client.GetJobAsync(job)).State));

        Assert.Equal("Succeeded", (await fleet.Client().GetJobAsync(job)).State);
        await AssertOneOutcomeEach(fleet, job);
        AssertNoOverlap(journal);
    }

    [Fact]
    public async Task Interrupt_preempts_tasks_without_counting_a_retry_and_leaves_no_process_behind()
    {
        await using var fleet = new Fleet();
        fleet.Start("--no-sample");
        await fleet.Ready();
        var journal = Path.Combine(fleet.Home, "journal");
        var job = (await fleet.Client().SubmitAsync(Sleepers("interrupted", 2, journal, "ap-south", seconds: 20), new SubmitOptions())).Job;
        await RunningIn(fleet, job, "ap-south");

        Programs.Signal(fleet.Pid, Programs.SigInt);
        await fleet.Exit();
        Assert.Empty(Programs.OfHome(fleet.Home));

        fleet.Start("--no-sample");
        await fleet.Eventually("the job to end after the restart", async client => TaskStates.IsJobOver((await client.GetJobAsync(job)).State));
        Assert.Equal("Succeeded", (await fleet.Client().GetJobAsync(job)).State);
        var task = await fleet.Client().GetTaskAsync($"{job}/0");
        Assert.Equal("Preempted", task.Attempts[0].End);
        await AssertOneOutcomeEach(fleet, job);
        AssertNoOverlap(journal);
    }

    private static async Task<string> SampleJob(Fleet fleet)
    {
        string? job = null;
        await fleet.Eventually("the sample to be submitted", async client =>
            (job = (await client.ListJobsAsync(new JobFilter { Name = "duration-model" })).Items.FirstOrDefault()?.Id) is not null);
        return job!;
    }

    private static Task RunningIn(Fleet fleet, string job, string region) =>
        fleet.Eventually($"tasks of {job} to run in {region}", async client =>
            (await client.ListTasksAsync(new TaskFilter { Job = job, Limit = 500 })).Items.Any(t => t.State == "Running" && t.Region == region));

    /// <summary>Succeeded tasks and the attempt that was accepted.</summary>
    private static async Task<Dictionary<string, int>> Ended(Fleet fleet, string job)
    {
        var ended = new Dictionary<string, int>();
        await foreach (var task in new JobHandle(fleet.Client(), job).TasksAsync())
        {
            if (task.State == "Succeeded") ended.Add(task.Id, task.Attempt);
        }

        return ended;
    }

    private static async Task AssertOneOutcomeEach(Fleet fleet, string job)
    {
        var client = fleet.Client();
        await foreach (var task in new JobHandle(client, job).TasksAsync())
        {
            var detail = await client.GetTaskAsync(task.Id);
            Assert.Equal("Succeeded", detail.State);
            Assert.Single(detail.Attempts, a => a.End == Accepted);
            Assert.Equal(Accepted, detail.Attempts[^1].End);
            Assert.All(detail.Attempts, a => Assert.NotNull(a.End));
        }
    }

    /// <summary>An array whose tasks write when they begin and when they end, pinned to one region.</summary>
    private static string Sleepers(string name, int count, string journal, string region, int seconds = 6) => $$"""
        {
          "apiVersion": "lepton.dev/v1", "kind": "TaskArray", "name": "{{name}}", "array": {"count": {{count}}},
          "run": {"command": ["/bin/sh", "-c",
            "echo \"begin $LEPTON_INDEX $LEPTON_ATTEMPT $(cut -d' ' -f1 /proc/uptime)\" >>'{{journal}}'; sleep {{seconds}}; echo \"end $LEPTON_INDEX $LEPTON_ATTEMPT $(cut -d' ' -f1 /proc/uptime)\" >>'{{journal}}'"]},
          "resources": {"cpus": 0.25, "memory": "64MiB"},
          "placement": {"regions": ["{{region}}"]},
          "preemption": {"graceSeconds": 1}
        }
        """;

    /// <summary>Each index ended exactly once, and an attempt that ended began after every other attempt of its index had begun.</summary>
    private static void AssertNoOverlap(string journal)
    {
        var lines = File.ReadAllLines(journal).Select(l => l.Split(' ')).Select(p => (What: p[0], Index: p[1], Attempt: int.Parse(p[2]))).ToList();
        foreach (var index in lines.GroupBy(l => l.Index))
        {
            var end = Assert.Single(index, l => l.What == "end");
            Assert.Equal(index.Max(l => l.Attempt), end.Attempt);
            Assert.Equal(("end", end.Attempt), (index.Last().What, index.Last().Attempt));
        }
    }
}
