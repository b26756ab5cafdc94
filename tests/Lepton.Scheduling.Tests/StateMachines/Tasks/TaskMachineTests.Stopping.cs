using Lepton.Model;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Tasks;

/// <summary>Cancel and stop, whatever they meet on their way.</summary>
public sealed partial class TaskMachineTests
{
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
}
