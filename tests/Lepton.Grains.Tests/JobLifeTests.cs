using Lepton.Contracts;
using Lepton.Grains.Tests.Clusters;
using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Grains.Tests;

/// <summary>The machines in real grains: activation, persistence, owed messages, broken stores.</summary>
public sealed class JobLifeTests
{
    [Fact]
    public async Task Runs_an_array_with_at_most_two_writes_per_task()
    {
        var store = new WatchedStore(new MemoryRegionStore());
        await using var region = await RegionCluster.Start(store);
        await using var agent = new InstantAgent(region.Grains);
        var submit = SomeJob.Array("A1", 200);
        Assert.IsType<JobAccepted>(await region.Ask(submit.Job, submit));

        var job = await region.Ended(submit.Job);

        Assert.Equal(JobPhase.Succeeded, job.Phase);
        Assert.Equal(200, job.Groups.Single().Succeeded);
        var perTask = store.Writes.Where(w => w.Key.StartsWith("task/", StringComparison.Ordinal)).ToList();
        Assert.Equal(200, perTask.Count);
        Assert.All(perTask, w => Assert.InRange(w.Value, 1, 2));
        Assert.Equal(200, agent.Started.Count);
    }

    [Fact]
    public async Task Bulk_submit_costs_one_row_and_no_task_activation()
    {
        var store = new WatchedStore(new MemoryRegionStore());
        await using var region = await RegionCluster.Start(store);
        var submit = SomeJob.Array("A1", 100_000);
        var accepted = Assert.IsType<JobAccepted>(await region.Ask(submit.Job, submit));

        Assert.Equal(100_000, accepted.Tasks);
        Assert.DoesNotContain(store.Writes, w => w.Key.StartsWith("task/", StringComparison.Ordinal));
        var management = region.Grains.GetGrain<IManagementGrain>(0);
        Assert.Empty(await management.GetActiveGrains(GrainTypeOf(region, "x")));
        var page = await region.Grains.GetGrain<IQueryGrain>(0).Tasks(new TaskQuery { Limit = 10 });
        Assert.Equal(100_000, page.Total);
        Assert.Equal(10, page.Items.Length);
        Assert.StartsWith(submit.Job + "/9@", page.NextCursor, StringComparison.Ordinal);
        Assert.All(page.Items, t => Assert.NotEmpty(t.Evidence ?? ""));
    }

    [Fact]
    public async Task Same_submit_again_is_the_same_job_and_another_body_is_refused()
    {
        await using var region = await RegionCluster.Start(new MemoryRegionStore());
        var submit = SomeJob.Array("A1", 3);
        Assert.False(Assert.IsType<JobAccepted>(await region.Ask(submit.Job, submit)).Replayed);
        Assert.True(Assert.IsType<JobAccepted>(await region.Ask(submit.Job, submit)).Replayed);
        var other = await region.Ask(submit.Job, submit with { BodyHash = "other" });
        Assert.Equal(RefusalCode.Conflict, Assert.IsType<Refused>(other).Code);
    }

    [Fact]
    public async Task Goes_on_after_a_restart_from_what_was_acknowledged()
    {
        var store = new MemoryRegionStore();
        var submit = SomeJob.Array("A1", 50);
        await using (var before = await RegionCluster.Start(store))
        {
            Assert.IsType<JobAccepted>(await before.Ask(submit.Job, submit));
        }

        await using var after = await RegionCluster.Start(store);
        await using var agent = new InstantAgent(after.Grains);
        await RegionCluster.Eventually("the tasks to end without anybody calling the job", async () =>
        {
            var ended = 0;
            await foreach (var record in store.Scan(new RowScan("task/", false), CancellationToken.None))
            {
                if (((TaskRow)record.Value.Row).Phase == TaskPhase.Succeeded) ended++;
            }

            return ended == 50;
        });
        Assert.Equal(JobPhase.Succeeded, (await after.Ended(submit.Job)).Phase);
    }

    [Fact]
    public async Task Broken_store_loses_nothing_and_acknowledges_nothing()
    {
        var store = new WatchedStore(new MemoryRegionStore());
        await using var region = await RegionCluster.Start(store);
        await using var agent = new InstantAgent(region.Grains);
        var first = SomeJob.Array("A1", 5);
        Assert.IsType<JobAccepted>(await region.Ask(first.Job, first));
        await region.Ended(first.Job);

        store.IsBroken = true;
        var second = SomeJob.Array("A2", 5);
        var silence = Assert.IsType<Unanswered>(await region.Ask(second.Job, second));
        Assert.Contains("pulled the disk", silence.Why, StringComparison.Ordinal);
        Assert.Null(await store.Read(JobRow.KeyOf(second.Job), CancellationToken.None));

        store.IsBroken = false;
        Assert.IsType<JobAccepted>(await region.AskUntilAnswered(second.Job, second));
        Assert.Equal(JobPhase.Succeeded, (await region.Ended(second.Job)).Phase);
    }

    [Fact]
    public async Task Activation_whose_row_another_one_has_written_gives_way()
    {
        var store = new MemoryRegionStore();
        await using var region = await RegionCluster.Start(store);
        var submit = SomeJob.Array("A1", 3);
        Assert.IsType<JobAccepted>(await region.Ask(submit.Job, submit));
        var record = (await store.Read(JobRow.KeyOf(submit.Job), CancellationToken.None))!;
        var row = (JobRow)record.Value.Row;
        var theirs = record.Value with { Row = row with { CancelAsked = true, Message = "cancelled by the other activation" } };
        Assert.NotNull(await store.Write([new RowWrite(record.Key, record.ETag, theirs)], CancellationToken.None));

        Assert.IsType<Unanswered>(await region.Ask(submit.Job, new CancelJob(submit.Job, "mine", false)));

        var job = await region.Ended(submit.Job);
        Assert.Equal(JobPhase.Cancelled, job.Phase);
        Assert.Contains("other activation", ((JobRow)(await store.Read(record.Key, CancellationToken.None))!.Value.Row).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_silos_over_one_store_lose_one_and_finish_the_job()
    {
        var store = new MemoryRegionStore();
        await using var region = await RegionCluster.Start(store, silos: 2);
        await using var agent = new InstantAgent(region.Grains);
        var submit = SomeJob.Array("A1", 400);
        Assert.IsType<JobAccepted>(await region.Ask(submit.Job, submit));
        await RegionCluster.Eventually("some tasks to have ended", async () =>
            await region.Ask(submit.Job, new DescribeJob(submit.Job)) is JobDescription { Groups: [{ Succeeded: > 20 }] });

        await region.Silos.KillSiloAsync(region.Silos.Silos[1]);

        var job = await region.Ended(submit.Job);
        Assert.Equal(JobPhase.Succeeded, job.Phase);
        Assert.Equal(400, job.Groups.Single().Succeeded);
        await foreach (var record in store.Scan(new RowScan("task/", false), CancellationToken.None))
        {
            var row = (TaskRow)record.Value.Row;
            Assert.Single(row.Attempts, a => a.End?.Cause == AttemptEndCause.Completed);
        }
    }

    [Fact]
    public async Task Lists_by_phase_page_by_page_with_totals()
    {
        await using var region = await RegionCluster.Start(new MemoryRegionStore());
        await using var agent = new InstantAgent(region.Grains);
        var done = SomeJob.Array("A1", 7);
        await region.Ask(done.Job, done);
        await region.Ended(done.Job);
        var huge = SomeJob.Array("A2", 4, milliCpu: 64_000);
        await region.Ask(huge.Job, huge);

        var query = region.Grains.GetGrain<IQueryGrain>(0);
        var ended = await query.Tasks(new TaskQuery { Phases = [TaskPhase.Succeeded], Limit = 5 });
        Assert.Equal(7, ended.Total);
        Assert.Equal(5, ended.Items.Length);
        var rest = await query.Tasks(new TaskQuery { Phases = [TaskPhase.Succeeded], Limit = 5, Cursor = ended.NextCursor });
        Assert.Equal(2, rest.Items.Length);
        Assert.Null(rest.NextCursor);
        Assert.Empty(ended.Items.Select(t => t.Task).Intersect(rest.Items.Select(t => t.Task)));
        await Assert.ThrowsAsync<ArgumentException>(() => query.Tasks(new TaskQuery { Cursor = "none" }));
        var waiting = await query.Tasks(new TaskQuery { Phases = [TaskPhase.Pending] });
        Assert.Equal(4, waiting.Total);
        Assert.All(waiting.Items, t => Assert.NotNull(t.Reason));
    }

    private static Orleans.Runtime.GrainType GrainTypeOf(RegionCluster region, string key) =>
        ((Orleans.Runtime.IAddressable)region.Grains.GetGrain<ITaskGrain>(new TaskId(new JobId(RegionCluster.Region, key), 0).ToString())).GetGrainId().Type;
}
