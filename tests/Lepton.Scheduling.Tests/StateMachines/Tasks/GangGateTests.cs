using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Tasks;

/// <summary>A member of a gang holds its node off until the region says that all members hold their grants.</summary>
public sealed class GangGateTests
{
    private static readonly GangRun Gang = new(0, [0, 1], Some.Epoch1, 1);
    private static readonly Granted Granted = new(Some.Epoch1);

    [Fact]
    public void A_node_is_answered_when_the_region_has_opened_the_gate()
    {
        var task = Dispatched();

        var asked = task.Post(new ConfirmGrant(Some.Attempt(), Some.N1));
        Assert.Null(task.ReplyTo(asked));
        task.Answer<GangReady>(new GangComplete([Some.N1, Some.N2]));

        Assert.Equal([Some.N1, Some.N2], Assert.IsType<GangComplete>(task.ReplyTo(asked)).Nodes);
    }

    [Fact]
    public void A_member_whose_gang_is_broken_gives_its_grant_back()
    {
        var task = Dispatched();
        var asked = task.Post(new ConfirmGrant(Some.Attempt(), Some.N1));

        task.Answer<GangReady>(new Stale("gang", 1, 1));

        Assert.IsType<Stale>(task.ReplyTo(asked));
    }

    [Fact]
    public void A_restarted_task_asks_the_gate_again()
    {
        var task = Dispatched();
        task.Post(new ConfirmGrant(Some.Attempt(), Some.N1));

        task.Restart();
        var asked = task.Post(new ConfirmGrant(Some.Attempt(), Some.N1));

        Assert.Null(task.ReplyTo(asked));
        task.Answer<GangReady>(new GangComplete([Some.N1, Some.N1]));
        Assert.IsType<GangComplete>(task.ReplyTo(asked));
    }

    [Fact]
    public void A_running_member_of_a_broken_gang_is_stopped_as_preempted_and_waits_again_without_a_retry()
    {
        var task = Dispatched();
        task.Post(new ConfirmGrant(Some.Attempt(), Some.N1));
        task.Answer<GangReady>(new GangComplete([Some.N1, Some.N1]));
        task.Ask(new AttemptStarted(Some.Attempt(), Some.N1, MachineHarness.Start));

        Assert.Equal(Ack.Done, task.Ask(new StopMember(Some.Attempt(), "Task 1 of its gang ended.")));
        var stop = task.Answer<StopAttempt>(Ack.Done);
        Assert.Equal((AttemptEndCause.Preempted, false), (stop.Cause, stop.Force));
        task.Ask(new AttemptEnded(Some.Attempt(), Some.End(AttemptEndCause.Preempted, null), Some.N1));

        Assert.Equal((TaskPhase.Pending, 0), (task.RowAs<TaskRow>().Phase, task.RowAs<TaskRow>().Retries));
        Assert.Equal(AttemptEndCause.Preempted, task.Waiting<TaskWaits>().Cause);
    }

    [Fact]
    public void A_stop_of_an_earlier_attempt_changes_nothing()
    {
        var task = Dispatched();

        Assert.Equal(Ack.Done, task.Ask(new StopMember(Some.Attempt(9), "late")));

        Assert.False(task.HasWaiting<StopAttempt>());
    }

    [Fact]
    public void A_job_cancels_the_rest_of_a_gang_that_lost_a_member_for_good()
    {
        var job = new MachineHarness(() => new JobMachine(Some.Job, Some.East, Some.Settings())).Activate();
        job.Ask(Specs.Submit(Specs.Group("gang", 0, 4, Some.Template() with { GangSize = 2 })));

        job.Ask(Specs.Ended(1, TaskPhase.Failed, "exit code 3"));

        var withdraw = job.Answer<Withdraw>(new Withdrawn([0]));
        Assert.Equal([0], withdraw.Indexes!.Value);
        Assert.Contains("Task 1 of its gang", job.Waiting<CancelTask>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_one_member_cancels_its_gang_and_no_other()
    {
        var job = new MachineHarness(() => new JobMachine(Some.Job, Some.East, Some.Settings())).Activate();
        job.Ask(Specs.Submit(Specs.Group("gang", 0, 4, Some.Template() with { GangSize = 2 })));

        job.Ask(new CancelOne(Some.Task(3), "", false));

        Assert.Equal([2, 3], job.Waiting<Withdraw>().Indexes!.Value);
    }

    private static MachineHarness Dispatched()
    {
        var task = new MachineHarness(() => new TaskMachine(Some.Task(), Some.East, Some.Settings())).Activate();
        var order = Some.Dispatch();
        task.Ask(order with { Run = order.Run with { Gang = Gang } });
        task.Answer<Offer>(Granted);
        return task;
    }
}
