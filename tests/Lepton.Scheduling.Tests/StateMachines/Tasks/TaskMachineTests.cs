using Lepton.Model;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Tasks;

public sealed class TaskMachineTests
{
    private static readonly Granted Granted = new(Some.Epoch1);
    private static readonly Refused Full = new(RefusalCode.DoesNotFit, "n1 is full.");

    [Fact]
    public void A_task_that_simply_runs_costs_two_writes_and_owes_nothing_after()
    {
        var task = Task();

        Assert.Equal(new Dispatched(Some.Attempt()), task.Ask(Some.Dispatch()));
        task.Answer<Offer>(Granted);
        Assert.Equal(Ack.Done, task.Ask(Started()));
        task.Answer<TaskRuns>(Ack.Done);
        var ended = task.Post(Ended());
        Assert.Null(task.ReplyTo(ended));       // held: the job does not know yet
        task.Answer<TaskEnded>(Ack.Done);
        task.Answer<TaskSettled>(Ack.Done);

        Assert.Equal(Ack.Done, task.ReplyTo(ended));
        Assert.Equal(2, task.Writes);
        Assert.Empty(task.Stored!.Owed);
        var row = task.RowAs<TaskRow>();
        Assert.Equal(TaskPhase.Succeeded, row.Phase);
        Assert.NotNull(row.EndedAt);
        Assert.Null(row.Run);
        Assert.False(row.Index.Live);
    }

    [Fact]
    public void Dispatch_offers_to_a_node_of_its_own_region_and_to_the_guest_elsewhere()
    {
        var here = Task();
        here.Ask(Some.Dispatch(node: Some.N2));
        Assert.Equal(Address.Of(Some.N2), Assert.Single(here.Outbox).To);
        Assert.Equal(Some.N2, here.RowAs<TaskRow>().Current!.Node);

        var there = Task();
        there.Ask(Some.DispatchTo(Some.West));
        Assert.Equal(Address.Of(Some.Task(), Some.West), Assert.Single(there.Outbox).To);
        Assert.IsType<GuestOffer>(there.Outbox[0].Body);
    }

    [Fact]
    public void A_repeated_dispatch_gets_the_same_attempt_and_writes_nothing()
    {
        var task = Task();
        task.Ask(Some.Dispatch());

        Assert.Equal(new Dispatched(Some.Attempt()), task.Ask(Some.Dispatch()));

        Assert.Equal(1, task.Writes);
        Assert.Single(task.Outbox);
    }

    [Fact]
    public void Refuses_orders_that_are_older_or_come_while_an_attempt_lives_or_after_the_end()
    {
        var task = Task();
        task.Ask(Some.Dispatch(order: 5, epoch: 2));

        Assert.IsType<Stale>(task.Ask(Some.Dispatch(order: 9, epoch: 1)));
        Assert.IsType<Stale>(task.Ask(Some.Dispatch(order: 4, epoch: 2)));
        Assert.Equal(RefusalCode.StillRunning, CodeOf(task.Ask(Some.Dispatch(order: 6, epoch: 2))));
        Finish(task, Some.End());
        Assert.Equal(RefusalCode.AlreadyEnded, CodeOf(task.Ask(Some.Dispatch(order: 7, epoch: 2))));
        Assert.Equal(RefusalCode.AlreadyEnded, CodeOf(task.Ask(Some.Dispatch(order: 5, epoch: 2))));
        Assert.Equal(2, task.Writes);
    }

    [Fact]
    public void Refuses_a_dispatch_here_without_a_node() =>
        Assert.Equal(RefusalCode.Invalid, CodeOf(Task().Ask(Some.DispatchTo(Some.East))));

    [Fact]
    public void The_offer_is_repeated_after_a_crash()
    {
        var task = Task();
        task.Ask(Some.Dispatch());

        task.Restart();

        Assert.Equal(Some.Attempt(), task.Waiting<Offer>().Attempt);
        Assert.Equal(new Dispatched(Some.Attempt()), task.Ask(Some.Dispatch()));
    }

    [Fact]
    public void A_refused_offer_waits_again_without_counting_a_retry()
    {
        var task = Task();
        task.Ask(Some.Dispatch());

        task.Answer<Offer>(Full);

        var waits = task.Waiting<TaskWaits>();
        Assert.Equal(AttemptEndCause.NotStarted, waits.Cause);
        Assert.Equal("n1 is full.", waits.Message);
        Assert.Equal(0, waits.Retries);
        Assert.Null(waits.RefusedBy);
        Assert.True(waits.NotBefore > task.Now);
        Assert.Equal(TaskPhase.Pending, task.RowAs<TaskRow>().Phase);
        Assert.Equal(new Dispatched(Some.Attempt(2)), task.Ask(Some.Dispatch(order: 2, node: Some.N2)));
    }

    [Fact]
    public void A_refusing_region_is_named()
    {
        var task = Task();
        task.Ask(Some.DispatchTo(Some.West));

        task.Answer<GuestOffer>(new Refused(RefusalCode.StillRunning, "The former attempt still runs."));

        Assert.Equal(Some.West, task.Waiting<TaskWaits>().RefusedBy);
    }

    [Fact]
    public void Refusals_in_a_row_wait_longer_up_to_a_bound_and_keep_a_bounded_record()
    {
        var task = Task();
        var pauses = new List<TimeSpan>();
        for (var order = 1; order <= 30; order++)
        {
            task.Ask(Some.Dispatch(order));
            task.Answer<Offer>(Full);
            pauses.Add(task.Answer<TaskWaits>(Ack.Done).NotBefore - task.Now);
        }

        Assert.True(pauses[1] > pauses[0]);
        Assert.True(pauses.Zip(pauses.Skip(1)).All(pair => pair.Second >= pair.First));
        Assert.Equal(Some.Settings().ResendLongest, pauses[^1]);
        var row = task.RowAs<TaskRow>();
        Assert.Equal(TaskRow.AttemptsKept, row.Attempts.Length);
        Assert.Equal(30, row.Attempt);
        Assert.Equal(0, row.Retries);
    }

    [Fact]
    public void The_news_that_it_waits_survives_a_crash()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Answer<Offer>(Full);

        task.Restart();

        task.Waiting<TaskWaits>();
    }

    [Fact]
    public void A_late_answer_to_an_older_offer_changes_nothing()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        var first = task.Outbox[0].Number;
        task.Outbox.Clear();
        Finish(task, Some.End(AttemptEndCause.NodeLost));
        task.Ask(Some.Dispatch(order: 2));
        var row = task.RowAs<TaskRow>();

        task.Shell.Answered(first, Full);
        task.Run();

        Assert.Same(row, task.RowAs<TaskRow>());
    }

    [Fact]
    public void A_refusal_that_was_overtaken_by_the_start_does_not_end_the_attempt()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Ask(Started());

        task.Answer<Offer>(Full);

        Assert.Equal(TaskPhase.Running, Describe(task).Phase);
        Assert.False(task.HasWaiting<TaskWaits>());
    }

    [Fact]
    public void An_attempt_that_ended_is_never_offered_again()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        var offer = task.Outbox[0].Number;
        Finish(task, Some.End());       // reported before the answer to the offer came

        task.Shell.Answered(offer, new Unanswered("lost"));
        task.Outbox.Clear();
        task.Pass(TimeSpan.FromMinutes(1));

        Assert.False(task.HasWaiting<Offer>());
        Assert.Empty(task.Stored!.Owed);
        task.Restart();
        Assert.False(task.HasWaiting<Offer>());
    }

    [Fact]
    public void Started_is_for_the_live_attempt_on_its_node_only()
    {
        var task = Task();
        Assert.IsType<Busy>(task.Ask(Started()));                   // begun by an activation that has written since
        task.Ask(Some.Dispatch());

        Assert.IsType<Busy>(task.Ask(Started(number: 2)));
        Assert.IsType<Stale>(task.Ask(new AttemptStarted(Some.Attempt(), Some.N2, task.Now)));
        Assert.Equal(Ack.Done, task.Ask(Started()));
        Assert.Equal(TaskPhase.Running, Describe(task).Phase);
        Assert.Equal(TaskPhase.Leased, task.RowAs<TaskRow>().Phase);        // running is never stored
        Assert.Equal(Some.N1, task.Waiting<TaskRuns>().Node);
    }

    [Fact]
    public void Confirms_a_grant_of_its_live_attempt_on_its_node_only()
    {
        var task = Task();
        task.Ask(Some.Dispatch());

        Assert.IsType<Stale>(task.Ask(new ConfirmGrant(Some.Attempt(), Some.N2)));
        Assert.Equal(Ack.Done, task.Ask(new ConfirmGrant(Some.Attempt(), Some.N1)));
        task.Answer<Offer>(Full);               // of another copy of the offer: means nothing now
        Assert.Equal(TaskPhase.Starting, Describe(task).Phase);
        Finish(task, Some.End(AttemptEndCause.NodeLost));
        Assert.IsType<Stale>(task.Ask(new ConfirmGrant(Some.Attempt(), Some.N1)));
    }

    [Fact]
    public void A_stop_is_sent_once_when_the_grant_is_confirmed_and_then_answered()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Ask(new CancelTask(Some.Task(), "", false));
        task.Ask(new ConfirmGrant(Some.Attempt(), Some.N1));
        task.Answer<Offer>(Granted);

        task.Waiting<StopAttempt>();
    }

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
    public void Cancelling_a_task_that_waits_ends_it_and_the_news_survives_a_crash()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Answer<Offer>(Full);

        Assert.Equal(Ack.Done, task.Ask(new CancelTask(Some.Task(), "Not needed.", false)));

        Assert.Equal(TaskPhase.Cancelled, task.RowAs<TaskRow>().Phase);
        task.Restart();
        Assert.False(task.HasWaiting<TaskWaits>());
        Assert.Equal("Not needed.", task.Answer<TaskEnded>(Ack.Done).Message);
        task.Answer<TaskSettled>(Ack.Done);
        Assert.Empty(task.Stored!.Owed);        // struck at once: a restart wakes nothing that is over
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
    public void Cancelling_a_task_never_dispatched_keeps_an_order_on_its_way_from_starting_it()
    {
        var task = Task();

        Assert.Equal(Ack.Done, task.Ask(new CancelTask(Some.Task(), "", false, new TenantId("t1"))));

        Assert.Equal(RefusalCode.AlreadyEnded, CodeOf(task.Ask(Some.Dispatch())));
        Assert.Equal("t1", task.RowAs<TaskRow>().Index.Tenant);
        Assert.Equal(TaskPhase.Cancelled, task.Waiting<TaskEnded>().Phase);
        Assert.IsType<Busy>(task.Ask(Ended()));
    }

    [Fact]
    public void A_stop_waits_for_the_answer_to_the_offer_so_that_it_cannot_overtake_it()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        Assert.Equal(Ack.Done, task.Ask(new CancelTask(Some.Task(), "", false)));
        Assert.True(task.RowAs<TaskRow>().CancelAsked);
        Assert.False(task.HasWaiting<StopAttempt>());

        task.Answer<Offer>(Granted);

        Assert.Equal(AttemptEndCause.Cancelled, task.Waiting<StopAttempt>().Cause);
        task.Restart();
        task.Waiting<StopAttempt>();            // owed
        Finish(task, Some.End(AttemptEndCause.Cancelled, null));
        Assert.Equal(TaskPhase.Cancelled, task.RowAs<TaskRow>().Phase);
    }

    [Fact]
    public void After_a_crash_a_cancel_stops_at_once_and_again_when_the_offer_was_answered()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Restart();
        task.Ask(new CancelTask(Some.Task(), "", false));
        task.Answer<StopAttempt>(new Refused(RefusalCode.NotFound, "It overtook the offer."));
        Assert.Equal(TaskPhase.Stopping, Describe(task).Phase);

        task.Answer<Offer>(Granted);

        task.Waiting<StopAttempt>();
    }

    [Fact]
    public void A_refused_offer_of_a_cancelled_task_ends_it()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Ask(new CancelTask(Some.Task(), "Enough.", false));

        task.Answer<Offer>(Full);

        Assert.Equal(TaskPhase.Cancelled, task.RowAs<TaskRow>().Phase);
        Assert.Equal("Enough.", task.RowAs<TaskRow>().Message);
        task.Restart();
        task.Waiting<TaskEnded>();
    }

    [Fact]
    public void What_completes_before_the_stop_arrives_has_succeeded()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Answer<Offer>(Granted);
        task.Ask(new CancelTask(Some.Task(), "", false));

        Finish(task, Some.End());

        Assert.Equal(TaskPhase.Succeeded, task.RowAs<TaskRow>().Phase);
    }

    [Fact]
    public void Force_makes_the_stop_stricter_and_repeats_change_nothing()
    {
        var task = Task();
        task.Ask(Some.Dispatch());
        task.Answer<Offer>(Granted);
        task.Ask(new CancelTask(Some.Task(), "", false));
        task.Answer<StopAttempt>(Ack.Done);
        task.Ask(new CancelTask(Some.Task(), "", false));
        Assert.False(task.HasWaiting<StopAttempt>());

        task.Ask(new CancelTask(Some.Task(), "", true));

        Assert.True(task.Waiting<StopAttempt>().Force);
    }

    [Fact]
    public void A_delegated_task_is_stopped_through_its_guest()
    {
        var task = Task();
        task.Ask(Some.DispatchTo(Some.West));
        task.Answer<GuestOffer>(Ack.Done);

        task.Ask(new CancelTask(Some.Task(), "", false));

        Assert.Equal(Some.Attempt(), task.Waiting<GuestStop>().Attempt);
        Assert.Equal(Address.Of(Some.Task(), Some.West), task.Outbox[^1].To);
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

    [Fact]
    public void Describes_itself_or_says_that_it_was_never_dispatched()
    {
        var task = Task();
        Assert.Equal(RefusalCode.NotFound, CodeOf(task.Ask(new DescribeTask(Some.Task()))));
        task.Ask(Some.Dispatch());

        Assert.Equal(TaskPhase.Leased, Describe(task).Phase);
        task.Answer<Offer>(Granted);
        Assert.Equal(TaskPhase.Starting, Describe(task).Phase);
    }

    [Fact]
    public void Refuses_what_is_not_for_it() => Assert.Equal(RefusalCode.Invalid, CodeOf(Task().Ask(AskRegion.Now)));

    internal static MachineHarness Task() => new MachineHarness(() => new TaskMachine(Some.Task(), Some.East, Some.Settings())).Activate();

    private static AttemptStarted Started(int number = 1) => new(Some.Attempt(number), Some.N1, MachineHarness.Start);

    private static AttemptEnded Ended(AttemptEnd? end = null, int number = 1) => new(Some.Attempt(number), end ?? Some.End(), Some.N1);

    private static void Finish(MachineHarness task, AttemptEnd end, int number = 1)
    {
        task.Post(Ended(end, number));
        if (task.HasWaiting<TaskEnded>()) task.Answer<TaskEnded>(Ack.Done);
        if (task.HasWaiting<TaskSettled>()) task.Answer<TaskSettled>(Ack.Done);
        if (task.HasWaiting<TaskWaits>()) task.Answer<TaskWaits>(Ack.Done);
    }

    private static TaskRow Describe(MachineHarness task) => Assert.IsType<TaskDescription>(task.Ask(new DescribeTask(Some.Task()))).Row;

    private static RefusalCode CodeOf(Reply? reply) => Assert.IsType<Refused>(reply).Code;
}
