using Lepton.Model;
using Lepton.Scheduling.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.StateMachines.Regions;

public sealed class RegionMachineTests
{
    [Fact]
    public void Writes_a_new_epoch_and_plans_only_when_its_seat_has_confirmed_it()
    {
        var region = RegionHarness.New().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2))));

        Assert.Equal(new ClaimOwnership(Some.East, Some.Epoch1), region.Waiting<ClaimOwnership>());
        Assert.Empty(region.Dispatches());
        Assert.Equal(PendingReason.NotYetEvaluated, region.Explain(Some.Task()).Reason);
        region.Answer<ClaimOwnership>(RegionHarness.Seat);

        Assert.Equal([0, 1], region.Dispatches().Select(d => d.Run.Task.Index));
        Assert.All(region.Dispatches(), d => Assert.Equal((Some.N1, Some.Epoch1), (d.Node!.Value, d.RegionEpoch)));
    }

    [Fact]
    public void Does_nothing_once_a_newer_activation_holds_its_ownership()
    {
        var region = RegionHarness.New().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1))));
        region.Answer<ClaimOwnership>(new Stale("owner epoch", 1, 2));

        region.Pass(TimeSpan.FromMinutes(1));

        Assert.Empty(region.Dispatches());
        Assert.IsType<Busy>(region.Ask(new TaskSettled(Some.Task())));
        Assert.Contains("replaced", region.Explain(Some.Task()).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_no_more_than_fits_and_goes_on_when_a_node_frees()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 6))));
        Assert.Equal(4, region.Dispatches().Count);
        region.AnswerDispatches();
        region.Ask(Specs.Says(Some.N1, 2, holds: [.. Enumerable.Range(0, 4).Select(i => new Held(Some.Attempt(1, i), Some.Cpus(1000)))]));

        region.Ask(new TaskSettled(Some.Task(0)));
        Assert.Equal(4, region.Dispatches().Count);        // the node still holds it
        region.Ask(new NodeChanged(Some.N1, Some.Epoch1, 3, NodePhase.Ready, null, false, [], [Some.Attempt(1, 0)], MachineHarness.Start));

        Assert.Equal([0, 1, 2, 3, 4], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    [Fact]
    public void Lets_small_tasks_pass_a_large_one_that_does_not_fit()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("large", 0, 3, Some.Template(16_000)), Specs.Group("small", 3, 2, Some.Template(500)))));

        Assert.Equal([3, 4], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    [Fact]
    public void Serves_priority_before_time_and_time_before_name()
    {
        var region = RegionHarness.Confirmed();
        void Ready(string key, int priority, int second) => region.Ask(Specs.Ready(
            Specs.Job(Specs.Group("only", 0, 1)) with { Priority = priority }, new JobId(Some.East, key), MachineHarness.Start.AddSeconds(second)));
        Ready("b", 50, 2);
        Ready("a", 50, 2);
        Ready("c", 50, 1);
        Ready("d", 90, 3);

        region.WithNodes(Some.N1);

        Assert.Equal(["d", "c", "a", "b"], region.Dispatches().Select(d => d.Run.Task.Job.Key));
    }

    [Fact]
    public void Queues_nothing_twice()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        var ready = Specs.Ready(Specs.Job(Specs.Group("only", 0, 3)));

        for (var i = 0; i < 3; i++) region.Ask(ready);
        region.AnswerDispatches();
        region.Ask(ready);
        region.Ask(new TaskSettled(Some.Task(0)));
        region.Ask(ready);

        Assert.Equal(3, region.Dispatches().Count);
    }

    [Fact]
    public void Plans_in_passes_of_limited_size()
    {
        var region = RegionHarness.Confirmed(Some.Settings() with { AssignmentsPerPass = 2 }).WithNodes(Some.N1, Some.N2);

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 7))));

        Assert.Equal(7, region.Dispatches().Count);
    }

    [Fact]
    public void Places_again_what_was_refused_once_the_node_has_rested()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1))));
        region.AnswerDispatches();

        region.Ask(RegionHarness.Waits(0, 1));
        Assert.Single(region.Dispatches());
        region.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(2, region.Dispatches().Count);
        region.AnswerDispatches(2);
        region.Ask(RegionHarness.Waits(0, 1));         // late word of the first attempt
        region.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(2, region.Dispatches().Count);
    }

    [Fact]
    public void Waits_as_long_as_the_retry_says()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1))));
        region.AnswerDispatches();

        region.Ask(RegionHarness.Waits(0, 1, AttemptEndCause.NodeLost, TimeSpan.FromSeconds(30)));

        Assert.Equal(PendingReason.BackingOff, region.Explain(Some.Task()).Reason);
        region.Pass(TimeSpan.FromSeconds(29));
        Assert.Single(region.Dispatches());
        region.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(2, region.Dispatches().Count);
    }

    [Fact]
    public void Withdraws_what_waits_and_names_what_has_left()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        var ready = Specs.Ready(Specs.Job(Specs.Group("only", 0, 6)));
        region.Ask(ready);

        Assert.Equal([0, 1, 2, 3], Assert.IsType<Withdrawn>(region.Ask(new Withdraw(Some.Job, null))).InFlight);
        region.Ask(ready);
        region.WithNodes(Some.N2);

        Assert.Equal(4, region.Dispatches().Count);
    }

    [Fact]
    public void Queues_nothing_of_a_job_whose_withdrawal_came_first()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);

        Assert.Empty(Assert.IsType<Withdrawn>(region.Ask(new Withdraw(Some.Job, null))).InFlight);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2))));

        Assert.Empty(region.Dispatches());
    }

    [Fact]
    public void Queues_nothing_of_a_job_that_is_closed()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);

        region.Ask(new JobClosed(Some.Job));
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2))));

        Assert.Empty(region.Dispatches());
    }

    [Fact]
    public void Asks_the_job_first_when_its_readiness_may_be_an_old_message()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        var ready = Specs.Ready(Specs.Job(Specs.Group("only", 0, 1)), submittedAt: MachineHarness.Start.AddMinutes(-1));

        var call = region.Post(ready);
        Assert.Null(region.ReplyTo(call));
        region.Answer<DescribeJob>(new JobDescription(Some.Job, ready.Spec, JobPhase.Cancelled, ready.SubmittedAt, MachineHarness.Start, [], null));

        Assert.Equal(Ack.Done, region.ReplyTo(call));
        Assert.Empty(region.Dispatches());
    }

    [Fact]
    public void Holds_one_readiness_of_a_silent_job_and_no_more_than_a_few_of_its_calls()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        var ready = Specs.Ready(Specs.Job(Specs.Group("only", 0, 2)), submittedAt: MachineHarness.Start.AddMinutes(-1));

        var held = Enumerable.Range(0, 8).Select(_ => region.Post(ready)).ToList();
        Assert.IsType<Busy>(region.Ask(ready));
        Assert.All(held, call => Assert.Null(region.ReplyTo(call)));
        Assert.Single(region.AllSent, s => s.Body is DescribeJob);
        region.Answer<DescribeJob>(new JobDescription(Some.Job, ready.Spec, JobPhase.Active, ready.SubmittedAt, null, [], null));

        Assert.All(held, call => Assert.Equal(Ack.Done, region.ReplyTo(call)));
        Assert.Equal([0, 1], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    [Fact]
    public void Asks_for_other_readiness_again_while_it_waits_for_the_job()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        var ready = Specs.Ready(Specs.Job(Specs.Group("only", 0, 2)), submittedAt: MachineHarness.Start.AddMinutes(-1));
        region.Post(ready with { Ranges = [new ReadyRange("only", 0, 1)] });

        Assert.IsType<Busy>(region.Ask(ready));
        region.Answer<DescribeJob>(new JobDescription(Some.Job, ready.Spec, JobPhase.Active, ready.SubmittedAt, null, [], null));
        Assert.Equal([0], region.Dispatches().Select(d => d.Run.Task.Index));
        region.Ask(ready);

        Assert.Equal([0, 1], region.Dispatches().Select(d => d.Run.Task.Index));
    }

    [Fact]
    public void Acknowledges_news_only_with_a_write_that_a_replaced_activation_cannot_make()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        var writes = region.Writes;

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2))));
        Assert.Equal(writes + 1, region.Writes);
        region.AnswerDispatches();
        region.Ask(new TaskSettled(Some.Task(0)));
        Assert.Equal(writes + 2, region.Writes);
        region.Ask(Specs.Says(Some.N1, 2));
        region.View();
        Assert.Equal(writes + 2, region.Writes);
    }

    [Fact]
    public void Says_again_that_a_group_is_over_until_its_job_goes_on()
    {
        var region = RegionHarness.Confirmed().WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("train", 0, 1), Specs.Group("eval", 1, 1, "train"))));
        region.AnswerDispatches();
        region.Ask(new TaskSettled(Some.Task(0)));
        Assert.False(region.HasWaiting<GroupsEnded>());

        region.Pass(TimeSpan.FromSeconds(15));

        Assert.Equal(["train"], region.Waiting<GroupsEnded>().Groups);
        region.Ask(new JobClosed(Some.Job));
        region.Outbox.Clear();
        region.Pass(TimeSpan.FromSeconds(60));
        Assert.False(region.HasWaiting<GroupsEnded>());
    }

    [Fact]
    public void Ends_a_task_that_an_old_order_started_after_its_job_was_over()
    {
        var region = RegionHarness.Confirmed();
        region.Ask(new JobClosed(Some.Job));

        Assert.Equal(Ack.Done, region.Ask(RegionHarness.Waits(0, 1)));

        Assert.Equal(Some.Task(), region.Waiting<CancelTask>().Task);
    }
}
