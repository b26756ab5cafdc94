using Lepton.Model;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Tasks;

/// <summary>How an attempt ends, what follows, and who must know.</summary>
public sealed partial class TaskMachineTests
{
    [Theory]
    [InlineData(AttemptEndCause.Completed, TaskPhase.Succeeded)]
    [InlineData(AttemptEndCause.ExitNonZero, TaskPhase.Failed)]
    [InlineData(AttemptEndCause.OutOfMemory, TaskPhase.Failed)]
    [InlineData(AttemptEndCause.Internal, TaskPhase.Failed)]
    [InlineData(AttemptEndCause.TimedOut, TaskPhase.TimedOut)]
    [InlineData(AttemptEndCause.Cancelled, TaskPhase.Cancelled)]
    [InlineData(AttemptEndCause.NodeLost, TaskPhase.Pending)]
    [InlineData(AttemptEndCause.LeaseExpired, TaskPhase.Pending)]
    [InlineData(AttemptEndCause.Preempted, TaskPhase.Pending)]
    [InlineData(AttemptEndCause.Migrated, TaskPhase.Pending)]
    [InlineData(AttemptEndCause.Superseded, TaskPhase.Pending)]
    [InlineData(AttemptEndCause.NotStarted, TaskPhase.Pending)]
    public void Each_cause_leads_to_its_phase_under_the_default_policy(AttemptEndCause cause, TaskPhase phase)
    {
        var task = Task();
        task.Ask(Some.Dispatch());

        task.Post(Ended(Some.End(cause, exitCode: null)));

        var row = task.RowAs<TaskRow>();
        Assert.Equal(phase, row.Phase);
        Assert.Equal(cause is AttemptEndCause.NodeLost or AttemptEndCause.LeaseExpired ? 1 : 0, row.Retries);
        if (phase != TaskPhase.Succeeded) Assert.NotEqual("", row.Message);
    }

    [Fact]
    public void Preemptions_are_counted_only_where_the_policy_lists_them()
    {
        var task = Task();
        var counted = Some.Template(retry: new RetryPolicy(1, TimeSpan.FromSeconds(3), [AttemptEndCause.Preempted]));
        task.Ask(Some.Dispatch(template: counted));
        task.Post(Ended(Some.End(AttemptEndCause.Preempted, exitCode: null)));
        task.Answer<TaskWaits>(Ack.Done);
        Assert.Equal((TaskPhase.Pending, 1, task.Now.AddSeconds(3)), (task.RowAs<TaskRow>().Phase, task.RowAs<TaskRow>().Retries, task.RowAs<TaskRow>().NotBefore));

        task.Ask(Some.Dispatch(order: 2, template: counted));
        task.Post(Ended(Some.End(AttemptEndCause.Preempted, exitCode: null), number: 2));

        Assert.Equal(TaskPhase.Preempted, task.RowAs<TaskRow>().Phase);
        Assert.Contains("All 1 retries are used, and preemptions are counted (retry.on).", task.RowAs<TaskRow>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Retries_are_counted_with_doubled_pauses_until_none_is_left()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromSeconds(10), [AttemptEndCause.ExitNonZero]);
        var template = Some.Template(retry: policy);
        var task = Task();
        for (var n = 1; n <= 2; n++)
        {
            task.Ask(Some.Dispatch(order: n, template: template));
            Assert.Equal(Ack.Done, task.Ask(Ended(Some.End(AttemptEndCause.ExitNonZero, 3), number: n)));
            var waits = task.Answer<TaskWaits>(Ack.Done);
            Assert.Equal(n, waits.Retries);
            Assert.Equal(task.Now + TimeSpan.FromSeconds(10 * n), waits.NotBefore);
            Assert.Contains("exit code 3", waits.Message, StringComparison.Ordinal);
        }

        task.Ask(Some.Dispatch(order: 3, template: template));
        task.Post(Ended(Some.End(AttemptEndCause.ExitNonZero, 3), number: 3));

        Assert.Equal(TaskPhase.Failed, task.RowAs<TaskRow>().Phase);
        Assert.Equal("Attempt 3 ended as ExitNonZero with exit code 3 on us-east/n1. All 2 retries are used.", task.RowAs<TaskRow>().Message);
    }

    [Fact]
    public void A_pause_before_a_retry_is_never_longer_than_its_bound()
    {
        var policy = new RetryPolicy(1000, TimeSpan.FromMinutes(3), [AttemptEndCause.ExitNonZero]);
        var task = Task();
        for (var n = 1; n <= 50; n++)
        {
            task.Ask(Some.Dispatch(order: n, template: Some.Template(retry: policy)));
            task.Ask(Ended(Some.End(AttemptEndCause.ExitNonZero, 1), number: n));
            Assert.InRange(task.Answer<TaskWaits>(Ack.Done).NotBefore - task.Now, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        }
    }

    [Fact]
    public void The_newest_checkpoint_is_where_the_next_attempt_begins()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Ask(Ended(Some.End(AttemptEndCause.Preempted) with { CheckpointRef = "ckpt-1" }));
        Assert.Equal("ckpt-1", task.Answer<TaskWaits>(Ack.Done).RestoreFrom);
        task.Ask(Some.Dispatch(order: 2));

        task.Answer<Offer>(Full);

        Assert.Equal("ckpt-1", task.Waiting<TaskWaits>().RestoreFrom);
    }

    [Fact]
    public void The_end_is_acknowledged_only_when_job_and_region_know_it()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        var first = task.Post(Ended());
        var repeat = task.Post(Ended());
        task.Answer<TaskSettled>(Ack.Done);
        Assert.Null(task.ReplyTo(first));

        task.Answer<TaskEnded>(Ack.Done);

        Assert.Equal(Ack.Done, task.ReplyTo(first));
        Assert.Equal(Ack.Done, task.ReplyTo(repeat));
        Assert.Equal(Ack.Done, task.Ask(Ended()));
    }

    [Fact]
    public void A_crash_between_end_and_acknowledgement_is_healed_by_the_repeat()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Post(Ended());
        task.Restart();
        Assert.Empty(task.Outbox);

        var repeat = task.Post(Ended());
        Assert.Equal(TaskPhase.Succeeded, task.Answer<TaskEnded>(Ack.Done).Phase);
        task.Answer<TaskSettled>(Ack.Done);

        Assert.Equal(Ack.Done, task.ReplyTo(repeat));
    }

    [Fact]
    public void After_a_crash_another_report_of_the_attempt_does_not_count_but_makes_the_end_be_told()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Post(Ended());
        task.Restart();

        var other = task.Post(Ended(Some.End(AttemptEndCause.LeaseExpired, null)));     // its node crashed as well, and forgot what it had reported
        Assert.Null(task.ReplyTo(other));
        Assert.Equal(TaskPhase.Succeeded, task.Answer<TaskEnded>(Ack.Done).Phase);
        task.Answer<TaskSettled>(Ack.Done);

        Assert.IsType<Stale>(task.ReplyTo(other));
    }

    [Fact]
    public void One_outcome_only()
    {
        var task = Task();
        Assert.IsType<Busy>(task.Ask(Ended()));                             // begun by an activation that has written since
        task.Ask(Some.Dispatch());
        Finish(task, Some.End(AttemptEndCause.NodeLost));
        task.Ask(Some.Dispatch(order: 2));
        Assert.IsType<Stale>(task.Ask(Ended()));                            // of the former attempt
        Finish(task, Some.End(AttemptEndCause.ExitNonZero, 1), number: 2);
        var row = task.RowAs<TaskRow>();

        Assert.IsType<Stale>(task.Ask(Ended(number: 2)));                   // ended otherwise before
        Assert.IsType<Busy>(task.Ask(Ended(number: 3)));
        Assert.Same(row, task.RowAs<TaskRow>());
    }

    [Fact]
    public void What_is_owed_at_the_end_is_struck_also_when_the_end_is_reported_again_after_a_crash()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Ask(Ended(Some.End(AttemptEndCause.NodeLost)));
        task.Ask(new CancelTask(Some.Task(), "", false));
        task.Restart();

        task.Ask(Ended(Some.End(AttemptEndCause.NodeLost)));
        while (task.HasWaiting<TaskEnded>()) task.Answer<TaskEnded>(Ack.Done);
        while (task.HasWaiting<TaskSettled>()) task.Answer<TaskSettled>(Ack.Done);

        Assert.Empty(task.Stored!.Owed);
    }

    [Fact]
    public void A_silent_region_loses_its_attempt_and_its_late_result_does_not_count()
    {
        var task = Task();
        task.Ask(Some.DispatchTo(Some.West));

        Assert.Equal(Ack.Done, task.Ask(new DelegationLost(Some.Task(), Some.West)));

        var waits = task.Waiting<TaskWaits>();
        Assert.Equal(AttemptEndCause.LeaseExpired, waits.Cause);
        Assert.Equal(1, waits.Retries);
        Assert.DoesNotContain(task.Stored!.Owed, owed => owed.Body is GuestOffer);
        Assert.IsType<Stale>(task.Ask(new AttemptEnded(Some.Attempt(), Some.End(), Some.W1)));
        Assert.IsType<Stale>(task.Ask(new AttemptStarted(Some.Attempt(), Some.W1, task.Now)));
        Assert.Equal(new Dispatched(Some.Attempt(2)), task.Ask(Some.Dispatch(order: 2)));
    }

    [Fact]
    public void Silence_of_a_region_that_does_not_have_it_changes_nothing()
    {
        var task = Task();
        Assert.Equal(Ack.Done, task.Ask(new DelegationLost(Some.Task(), Some.West)));
        task.Ask(Some.Dispatch());

        Assert.Equal(Ack.Done, task.Ask(new DelegationLost(Some.Task(), Some.West)));

        Assert.Equal(TaskPhase.Leased, task.RowAs<TaskRow>().Phase);
    }

    [Fact]
    public void Taken_back_with_no_retry_left_the_end_is_owed()
    {
        var task = Task();
        task.Ask(Some.DispatchTo(Some.West) with { Run = Some.Run(template: Some.Template(retry: new RetryPolicy(0, default, []))) });

        task.Ask(new DelegationLost(Some.Task(), Some.West));
        task.Restart();

        Assert.Equal(TaskPhase.Failed, task.Waiting<TaskEnded>().Phase);
        task.Waiting<TaskSettled>();
    }
}
