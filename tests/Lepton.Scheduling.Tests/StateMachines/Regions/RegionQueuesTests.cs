using CsCheck;
using Lepton.Model;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

/// <summary>Queues of a region: turns by share, quotas that hold, also after a restart.</summary>
public sealed class RegionQueuesTests
{
    private static readonly JobId A = new(Some.East, "a");
    private static readonly JobId B = new(Some.East, "b");

    [Fact]
    public void Shares_between_queues_whatever_came_first()
    {
        var region = RegionHarness.Confirmed(With(Queue("a"), Queue("b", weight: 3)));
        region.Ask(Ready(A, "a", 10));
        region.Ask(Ready(B, "b", 10));
        region.WithNodes(Some.N1, Some.N2);

        Assert.Equal((2, 6), (Started(region, A), Started(region, B)));
    }

    [Fact]
    public void Takes_no_more_than_a_quota_and_goes_on_when_a_task_of_the_queue_ends()
    {
        var region = RegionHarness.Confirmed(With(Queue("a", cpu: 2000), Queue("b")));
        region.Ask(Ready(A, "a", 5));
        region.WithNodes(Some.N1, Some.N2);
        Assert.Equal(2, Started(region, A));

        region.AnswerDispatches();
        region.Ask(new TaskSettled(new TaskId(A, 0)));

        Assert.Equal(3, Started(region, A));
    }

    [Fact]
    public void Lets_a_small_task_pass_one_that_is_beyond_the_quota()
    {
        var region = RegionHarness.Confirmed(With(Queue("a", cpu: 1000))).WithNodes(Some.N1);
        var spec = Specs.Job(Specs.Group("large", 0, 100, Some.Template(1500)), Specs.Group("small", 100, 1, Some.Template(500))) with { Queue = "a" };
        region.Ask(Specs.Ready(spec));

        Assert.Equal([100], region.Dispatches().Select(d => d.Run.Task.Index));
        Assert.Equal("a", region.Dispatches()[0].Run.Queue);
    }

    [Fact]
    public void Sends_to_another_region_what_its_own_quota_cannot_hold()
    {
        var region = RegionHarness.Confirmed(With(Queue("a", cpu: 1000))).WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        region.Ask(Ready(A, "a", 3));

        Assert.Equal([Some.East, Some.West, Some.West], region.Dispatches().Select(d => d.Region));
    }

    [Fact]
    public void Counts_what_runs_after_a_restart()
    {
        var settings = With(Queue("a", cpu: 2000));
        var spec = Specs.Job(Specs.Group("only", 0, 5)) with { Queue = "a" };
        var region = RegionHarness.Confirmed(settings, Specs.Row(spec), Specs.TaskRow(0, TaskPhase.Running), Specs.TaskRow(1, TaskPhase.Pending));
        region.WithNodes(Some.N1, Some.N2);

        Assert.Equal([1], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    [Fact]
    public void Sends_a_guest_of_an_unknown_queue_back_at_once()
    {
        var region = RegionHarness.Confirmed(With(Queue("a"))).WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        var task = new TaskId(new JobId(Some.West, "w"), 0);
        region.Ask(new GuestWaits(new AttemptId(task, 1), Some.Run() with { Task = task, Queue = "theirs" }));

        Assert.Contains("no queue theirs", region.Waiting<SendBack>().Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Holds_every_quota_whatever_comes_when() => Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3], Gen.Bool).Array[1, 30].Sample(steps =>
    {
        var region = RegionHarness.Confirmed(With(
            new QueueSettings { Name = "team" },
            Queue("a", "team", cpu: 2000, borrow: 1000),
            Queue("b", "team", cpu: 2000)));
        region.WithNodes(Some.N1, Some.N2, new NodeId(Some.East, "n3"));
        var (jobs, running, settled) = (0, new List<TaskId>(), new HashSet<TaskId>());
        foreach (var (what, cores, inA) in steps)
        {
            if (what == 0 && running.Count > 0)
            {
                region.AnswerDispatches();
                region.Ask(new TaskSettled(running[0]));
                settled.Add(running[0]);
                running.RemoveAt(0);
            }
            else
            {
                var job = new JobId(Some.East, $"{(inA ? "a" : "b")}{jobs++:D2}");
                region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, Some.Template(cores * 500) with { Regions = [Some.East] })) with { Queue = inA ? "a" : "b" }, job));
            }

            var seen = region.Dispatches();
            running.AddRange(seen.Select(d => d.Run.Task).Where(t => !running.Contains(t) && !settled.Contains(t)));
            long Held(string queue) => seen.Where(d => running.Contains(d.Run.Task) && d.Run.Queue == queue).Sum(d => d.Run.Template.Demand.Capacity.MilliCpu);
            Assert.True(Held("a") <= 3000, $"a holds {Held("a")}");
            Assert.True(Held("a") + Held("b") <= 4000, $"the team holds {Held("a") + Held("b")}");
        }
    }, iter: 60);

    private static RegionSettings With(params QueueSettings[] queues) => Some.Settings() with { Queues = [.. queues] };

    private static QueueSettings Queue(string name, string? parent = null, int weight = 1, long? cpu = null, long? borrow = null) => new()
    {
        Name = name,
        Parent = parent,
        Weight = weight,
        Quotas = cpu is { } nominal ? [new QuotaSettings("cpu", nominal, borrow)] : [],
    };

    private static JobReady Ready(JobId job, string queue, int tasks) => Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks)) with { Queue = queue }, job);

    private static int Started(MachineHarness region, JobId job) => region.Dispatches().Count(d => d.Run.Task.Job == job && d.Region == Some.East);
}
