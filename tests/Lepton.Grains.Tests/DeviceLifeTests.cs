using Lepton.Contracts;
using Lepton.Grains.Tests.Clusters;
using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Grains.Tests;

/// <summary>Devices from the driver to the grains and back: real grains, a real agent process with real tasks, the fake driver.</summary>
public sealed class DeviceLifeTests
{
    private static readonly NodeId Node = new(RegionCluster.Region, "n01");

    [Fact]
    public async Task A_lost_device_sends_its_task_to_another_one_while_the_neighbour_goes_on()
    {
        await using var silo = await RegionSilo.Start(new MemoryRegionStore());
        await using var agent = new DeviceAgent(silo, Gpus(3));
        agent.Start();
        var job = await Submit(silo, agent, tasks: 2);
        await Eventually("both tasks run", () => agent.Lines("0").Length == 1 && agent.Lines("1").Length == 1);
        var (mine, neighbours) = (agent.Lines("0")[0], agent.Lines("1")[0]);
        Assert.NotEqual(mine, neighbours);

        // A fault of an application does not condemn the device.
        agent.Order($"xid {mine[^1]} 31");
        await Eventually("the fault is counted", async () => (await State(silo, mine)) is { ApplicationFaults: 1, Phase: DevicePhase.Healthy });
        agent.Order($"lost {mine[^1]}");
        await Eventually("the task runs on another device", () => agent.Lines("0").Length == 2);

        var state = (await State(silo, mine))!;
        Assert.Equal((DevicePhase.Lost, new Epoch(2)), (state.Phase, state.Epoch));
        var third = agent.Lines("0")[1];
        Assert.DoesNotContain(third, new[] { mine, neighbours });
        Assert.Equal([neighbours], agent.Lines("1"));
        await File.WriteAllTextAsync(agent.In("go"), "", TestContext.Current.CancellationToken);
        await Ended(silo, job);

        var task = (await silo.Row<TaskRow>(TaskRow.KeyOf(new TaskId(job, 0))))!;
        Assert.Equal([AttemptEndCause.DeviceFault, AttemptEndCause.Completed], task.Attempts.Select(a => a.End!.Cause));
        Assert.Contains(mine, task.Attempts[0].End!.Message, StringComparison.Ordinal);
        Assert.Single((await silo.Row<TaskRow>(TaskRow.KeyOf(new TaskId(job, 1))))!.Attempts);
        Assert.All(task.Attempts, a => Assert.True(a.End!.Usage is { DeviceSeconds: > 0, Emulated: false }));
        var node = (await silo.Row<NodeRow>(NodeRow.KeyOf(Node)))!;
        Assert.Contains(node.Turns, t => t.Uuid == mine && t.Phase == DevicePhase.Lost);
        Assert.Contains(node.Uses, u => u.Uuid == mine && u.Cause == AttemptEndCause.DeviceFault);
    }

    [Fact]
    public async Task A_device_task_outlives_a_killed_agent_and_ends_under_the_next_one()
    {
        await using var silo = await RegionSilo.Start(new MemoryRegionStore());
        await using var agent = new DeviceAgent(silo, Gpus(1));
        agent.Start();
        var job = await Submit(silo, agent, tasks: 1);
        await Eventually("the task runs", () => agent.Lines("0").Length == 1);
        var first = (await silo.Row<NodeRow>(NodeRow.KeyOf(Node)))!.Incarnation;

        await agent.Kill();
        agent.Start();
        await Eventually("the next agent is heard", async () => (await silo.Row<NodeRow>(NodeRow.KeyOf(Node)))!.Incarnation > first);
        await File.WriteAllTextAsync(agent.In("go"), "", TestContext.Current.CancellationToken);
        await Ended(silo, job);

        var task = (await silo.Row<TaskRow>(TaskRow.KeyOf(new TaskId(job, 0))))!;
        Assert.Equal(AttemptEndCause.Completed, Assert.Single(task.Attempts).End!.Cause);
        Assert.Equal(["GPU-0"], agent.Lines("0"));
        await Eventually("the device is free again", async () => (await silo.Row<NodeRow>(NodeRow.KeyOf(Node)))!.Grants.IsEmpty);
    }

    [Fact]
    public async Task A_device_that_its_driver_does_not_list_when_the_agent_starts_is_lost_until_it_is_back()
    {
        await using var silo = await RegionSilo.Start(new MemoryRegionStore());
        await using var agent = new DeviceAgent(silo, Gpus(2));
        agent.Start();
        var job = await Submit(silo, agent, tasks: 1);
        await Eventually("the task runs", () => agent.Lines("0").Length == 1);
        var gone = agent.Lines("0")[0];
        var other = gone == "GPU-0" ? "GPU-1" : "GPU-0";

        await agent.Kill();
        agent.Configure($"[gpu0]\nuuid = {other}\n");
        agent.Start();
        await Eventually("the task runs on the other device", () => agent.Lines("0").Length == 2);
        Assert.Equal([gone, other], agent.Lines("0"));
        var lost = (await State(silo, gone))!;
        Assert.Equal((DevicePhase.Lost, new Epoch(2)), (lost.Phase, lost.Epoch));
        Assert.Equal(DevicePhase.Healthy, (await State(silo, other))!.Phase);

        agent.Configure(Gpus(2));
        await Eventually("the device is back", async () => (await State(silo, gone)) is { Phase: DevicePhase.Healthy, Epoch.Value: 2 });
        Assert.Equal([gone, other], agent.Lines("0"));      // nobody was moved for it
        await File.WriteAllTextAsync(agent.In("go"), "", TestContext.Current.CancellationToken);
        await Ended(silo, job);

        var task = (await silo.Row<TaskRow>(TaskRow.KeyOf(new TaskId(job, 0))))!;
        Assert.Equal([AttemptEndCause.DeviceFault, AttemptEndCause.Completed], task.Attempts.Select(a => a.End!.Cause));
        Assert.Contains(gone, task.Attempts[0].End!.Message, StringComparison.Ordinal);
        var row = (await silo.Row<NodeRow>(NodeRow.KeyOf(Node)))!;
        Assert.Equal([DevicePhase.Lost, DevicePhase.Recovering, DevicePhase.Healthy], row.Turns.Where(t => t.Uuid == gone).Select(t => t.Phase));
    }

    private static string Gpus(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"[gpu{i}]\nuuid = GPU-{i}\n"));

    private static async Task<JobId> Submit(RegionSilo silo, DeviceAgent agent, int tasks)
    {
        var template = new TaskTemplate
        {
            Group = "work",
            Command = ["sh", "-c", "echo $CUDA_VISIBLE_DEVICES >>$SHARED/$LEPTON_INDEX; while [ ! -e $SHARED/go ]; do sleep 0.1; done"],
            Env = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("SHARED", agent.In("")),
            Demand = new Demand(new Capacity(100, 1 << 20)) { Asks = [new DeviceAsk { Models = ["H100"] }] },
            Grace = TimeSpan.FromSeconds(1),
            Retry = RetryPolicy.Default with { Backoff = TimeSpan.FromMilliseconds(100) },
        };
        var spec = new JobSpec { Kind = "TaskArray", Name = "devices", Groups = [new TaskGroup("work", 0, tasks, template, [], [], [])] };
        var submit = new SubmitJob(new JobId(RegionCluster.Region, "D1"), spec, "hash");
        await Eventually("the job is taken", async () => await silo.Grains.GetGrain<IJobGrain>(submit.Job.ToString()).Ask(submit) is JobAccepted);
        return submit.Job;
    }

    private static Task Ended(RegionSilo silo, JobId job) => Eventually(
        "the job to succeed",
        async () => await silo.Grains.GetGrain<IJobGrain>(job.ToString()).Ask(new DescribeJob(job)) is JobDescription { Phase: JobPhase.Succeeded, EndedAt: not null });

    private static async Task<DeviceState?> State(RegionSilo silo, string uuid)
    {
        // What changes nothing is not written: the node itself is asked.
        var reply = await silo.Grains.GetGrain<INodeGrain>(Node.ToString()).Ask(new DescribeNode(Node));
        return reply is NodeDescription described ? described.Row.Devices.FirstOrDefault(d => d.Uuid == uuid) : null;
    }

    private static Task Eventually(string what, Func<bool> holds) => Eventually(what, () => Task.FromResult(holds()));

    private static Task Eventually(string what, Func<Task<bool>> holds) => RegionCluster.Eventually(what, holds);
}
