using Lepton.Model;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Tasks;

public sealed partial class TaskMachineTests
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
