using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing;

namespace Lepton.Scheduling.Tests.Queueing;

public sealed class TaskQueueTests
{
    private static readonly HashSet<TaskShape> None = [];

    [Fact]
    public void Keeps_one_spec_for_jobs_that_differ_in_their_names_only()
    {
        var queue = new TaskQueue(Some.Settings().Fleet);
        var one = queue.Add(new JobId(Some.East, "one"), Named("first"), MachineHarness.Start);
        var two = queue.Add(new JobId(Some.East, "two"), Named("second"), MachineHarness.Start);
        var other = queue.Add(new JobId(Some.East, "other"), Specs.Job(Specs.Group("train", 0, 1)) with { Name = "third" }, MachineHarness.Start);

        Assert.Same(one.Spec, two.Spec);
        var run = two.RunOf(0, null);
        Assert.Equal(("second", "second", "first"), (run.JobName, run.Template.Group, one.RunOf(0, null).Template.Group));
        Assert.Same(two.Groups[0], two.GroupNamed("second"));
        Assert.Null(two.GroupNamed("first"));
        Assert.Equal(("third", "train"), (other.RunOf(0, null).JobName, other.RunOf(0, null).Template.Group));
        Assert.Same(other.Groups[0], other.GroupNamed("train"));
        Assert.NotEqual(one.Groups[0].Learns, two.Groups[0].Learns);
    }

    [Fact]
    public void Costs_bytes_not_objects_per_queued_task()
    {
        const int Tasks = 1_000_000;
        var spec = Specs.Job(Specs.Group("only", 0, Tasks));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var queue = Queue(spec);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Tasks, queue.Count);
        Assert.InRange(bytes, Tasks, 2 * Tasks);
    }

    [Fact]
    public void Passes_over_tasks_whose_data_lies_where_nothing_fits()
    {
        var template = Some.Template();
        InputRef Input(RegionId region, int number) => new($"file:///data/{number}", region, 1);
        var spec = Specs.Job(Specs.Group("only", 0, 4, template) with
        {
            Inputs = [Input(Some.East, 0), Input(Some.West, 1), Input(Some.East, 2), Input(Some.West, 3)],
        });
        var group = Queue(spec).Find(Some.Job)!.Groups[0];

        Assert.Equal(0, group.Next(0, None));
        Assert.Equal(1, group.Next(0, [group.ShapeOf(0)]));
        Assert.Equal(3, group.Next(2, [group.ShapeOf(0)]));
        Assert.Equal(-1, group.Next(0, [group.ShapeOf(0), group.ShapeOf(1)]));
        Assert.Equal([Some.West], group.ShapeOf(1).Allowed);
    }

    [Fact]
    public void Knows_how_many_are_ahead()
    {
        var queue = Queue(Specs.Job(Specs.Group("only", 0, 10)));
        var job = queue.Find(Some.Job)!;
        var urgent = new JobId(Some.East, "urgent");
        queue.Add(urgent, Specs.Job(Specs.Group("only", 0, 3)) with { Priority = 99 }, MachineHarness.Start);
        for (var i = 0; i < 3; i++) queue.Find(urgent)!.Move(i, TaskPlace.Fresh);
        job.Move(0, TaskPlace.InFlight);
        job.Move(1, TaskPlace.Settled);

        Assert.Equal(3 + 1, queue.PositionOf(Some.Task(2), "default", job.Key));
        Assert.Equal(3 + 8, queue.PositionOf(Some.Task(9), "default", job.Key));
        Assert.Null(queue.PositionOf(Some.Task(1), "default", job.Key));
        Assert.Equal(11, queue.Count);
    }

    [Fact]
    public void Puts_tasks_with_a_history_before_fresh_ones_of_their_job()
    {
        var queue = Queue(Specs.Job(Specs.Group("only", 0, 10)));
        var job = queue.Find(Some.Job)!;
        queue.Put(new WaitingTask
        {
            Task = Some.Task(7),
            Shape = job.ShapeOf(7),
            Priority = 50,
            SubmittedAt = job.SubmittedAt,
            QueuedAt = MachineHarness.Start,
            LastAttempt = 1,
        });

        Assert.Equal(10, queue.Count);
        Assert.Equal(1, queue.PositionOf(Some.Task(7), "default", job.Key));
        Assert.Equal(2, queue.PositionOf(Some.Task(0), "default", job.Key));
        queue.Remove(Some.Job);
        Assert.Equal(0, queue.Count);
        Assert.Null(queue.Find(Some.Task(7)));
    }

    private static TaskQueue Queue(JobSpec spec)
    {
        var queue = new TaskQueue(Some.Settings().Fleet);
        var job = queue.Add(Some.Job, spec, MachineHarness.Start);
        for (var i = 0; i < spec.TaskCount; i++) job.Move(i, TaskPlace.Fresh);
        return queue;
    }

    private static JobSpec Named(string name) => Specs.Job(Specs.Group(name, 0, 1)) with { Name = name };
}
