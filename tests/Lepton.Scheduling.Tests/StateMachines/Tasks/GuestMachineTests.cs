using Lepton.Model;
using Lepton.Scheduling.StateMachines.Tasks;

namespace Lepton.Scheduling.Tests.StateMachines.Tasks;

public sealed class GuestMachineTests
{
    private static readonly NodeId W2 = new(Some.West, "w2");
    private static readonly Address Owner = Address.Of(Some.Task());
    private static readonly Granted Granted = new(Some.Epoch1);
    private static readonly Refused Full = new(RefusalCode.DoesNotFit, "w1 is full.");

    [Fact]
    public void Waits_is_placed_runs_ends_and_settles()
    {
        var guest = Guest();

        Assert.Equal(Ack.Done, guest.Ask(Offer()));
        Assert.Equal(Some.Attempt(), guest.Answer<GuestWaits>(Ack.Done).Attempt);
        Assert.Equal(new Dispatched(Some.Attempt()), guest.Ask(Order()));
        guest.Answer<Offer>(Granted);
        Assert.Equal(Ack.Done, guest.Ask(Started()));
        guest.Answer<AttemptStarted>(Ack.Done);
        guest.Answer<TaskRuns>(Ack.Done);
        Assert.Equal(Ack.Done, guest.Ask(Ended()));     // at once: it is durable here
        Assert.Equal(GuestPhase.Ended, guest.RowAs<GuestRow>().Phase);
        guest.Answer<TaskSettled>(Ack.Done);
        guest.Answer<AttemptEnded>(Ack.Done);

        var row = guest.RowAs<GuestRow>();
        Assert.Equal(GuestPhase.Settled, row.Phase);
        Assert.Null(row.Run);
        Assert.False(row.Index.Live);
        Assert.Empty(guest.Stored!.Owed);
        Assert.Empty(guest.Outbox);
        Assert.Equal(4, guest.Writes);
    }

    [Fact]
    public void That_it_waits_survives_a_crash()
    {
        var guest = Guest();
        guest.Ask(Offer());

        guest.Restart();

        guest.Waiting<GuestWaits>();
        Assert.Equal(Ack.Done, guest.Ask(Offer()));
        Assert.Equal(1, guest.Writes);
    }

    [Fact]
    public void The_end_is_owed_to_the_owner_until_it_answers()
    {
        var guest = Leased();
        guest.Ask(Ended());

        guest.Restart();

        Assert.Equal(Some.Attempt(), guest.Waiting<AttemptEnded>().Attempt);
        Assert.Equal(Owner, guest.Outbox.Find(send => send.Body is AttemptEnded).To);
        guest.Answer<AttemptEnded>(new Stale("attempt", 1, 2));
        Assert.Equal(GuestPhase.Settled, guest.RowAs<GuestRow>().Phase);
        guest.Answer<TaskSettled>(Ack.Done);
        Assert.Empty(guest.Stored!.Owed);
    }

    [Fact]
    public void A_late_repeat_of_the_offer_does_not_run_it_again_and_tells_the_end_again()
    {
        var guest = Leased();
        guest.Ask(Ended());
        guest.Answer<AttemptEnded>(Ack.Done);

        Assert.Equal(Ack.Done, guest.Ask(Offer()));

        Assert.Equal(GuestPhase.Settled, guest.RowAs<GuestRow>().Phase);
        Assert.Equal(AttemptEndCause.Completed, guest.Waiting<AttemptEnded>().End.Cause);
    }

    [Fact]
    public void An_older_attempt_is_refused()
    {
        var guest = Guest();
        guest.Ask(Offer(2));

        Assert.IsType<Stale>(guest.Ask(Offer()));
        Assert.Equal(2, guest.RowAs<GuestRow>().Attempt.Number);
    }

    [Fact]
    public void A_newer_attempt_replaces_one_that_waits()
    {
        var guest = Guest();
        guest.Ask(Offer());

        Assert.Equal(Ack.Done, guest.Ask(Offer(2)));

        Assert.Equal(2, guest.Waiting<GuestWaits>().Attempt.Number);
    }

    [Fact]
    public void A_newer_attempt_waits_until_the_one_that_runs_was_stopped()
    {
        var guest = Leased();

        Assert.Equal(RefusalCode.StillRunning, CodeOf(guest.Ask(Offer(2))));
        Assert.Equal(RefusalCode.StillRunning, CodeOf(guest.Ask(Offer(3))));

        Assert.Equal(AttemptEndCause.Superseded, guest.Waiting<StopAttempt>().Cause);
        guest.Ask(Ended(AttemptEndCause.Superseded));
        Assert.Equal(Ack.Done, guest.Ask(Offer(4)));        // also before the owner has answered for the older one
        Assert.False(guest.HasWaiting<AttemptEnded>() && guest.Stored!.Owed.Any(owed => owed.Body is AttemptEnded));
    }

    [Fact]
    public void A_refused_offer_waits_here_again_under_the_same_attempt()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Ask(Order());

        guest.Answer<Offer>(Full);

        Assert.Equal(GuestPhase.Waiting, guest.RowAs<GuestRow>().Phase);
        Assert.Equal(Some.Attempt(), guest.Waiting<GuestWaits>().Attempt);
        Assert.False(guest.HasWaiting<AttemptEnded>());
        Assert.Equal(new Dispatched(Some.Attempt()), guest.Ask(Order(2, W2)));
        Assert.Equal(Address.Of(W2), guest.Outbox.Find(send => send.Body is Offer).To);
    }

    [Fact]
    public void What_a_node_had_granted_and_never_began_goes_back_to_its_owner_under_a_number_that_is_over()
    {
        var guest = Leased();

        Assert.Equal(Ack.Done, guest.Ask(Ended(AttemptEndCause.NotStarted)));

        Assert.Equal(GuestPhase.Ended, guest.RowAs<GuestRow>().Phase);
        Assert.Equal(AttemptEndCause.NotStarted, guest.Waiting<AttemptEnded>().End.Cause);
        Assert.Equal(RefusalCode.AlreadyEnded, Assert.IsType<Refused>(guest.Ask(Order(2, W2))).Code);
    }

    [Fact]
    public void What_finds_no_place_here_goes_back_to_its_owner_while_it_waits()
    {
        var guest = Guest();
        guest.Ask(Offer());

        Assert.Equal(Ack.Done, guest.Ask(new SendBack(Some.Attempt(), "No room.")));

        Assert.Equal(AttemptEndCause.NotStarted, guest.Waiting<AttemptEnded>().End.Cause);
        Assert.Equal(Ack.Done, Leased().Ask(new SendBack(Some.Attempt(), "No room.")));
        Assert.Equal(GuestPhase.Leased, Leased().RowAs<GuestRow>().Phase);
    }

    [Fact]
    public void An_end_counts_also_when_a_late_refusal_had_overtaken_the_grant()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Ask(Order());
        guest.Answer<Offer>(Full);

        Assert.Equal(Ack.Done, guest.Ask(Ended()));

        var ended = guest.Waiting<AttemptEnded>();
        Assert.Equal(AttemptEndCause.Completed, ended.End.Cause);
        Assert.Equal(Some.W1, ended.Node);
        Assert.False(guest.HasWaiting<GuestWaits>());
    }

    [Fact]
    public void A_node_that_has_seen_the_attempt_end_sends_it_back_to_the_owner_for_a_new_number()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Ask(Order());

        guest.Answer<Offer>(new Refused(RefusalCode.AlreadyEnded, "It ended here before."));

        Assert.Equal(AttemptEndCause.NotStarted, guest.Waiting<AttemptEnded>().End.Cause);
        Assert.Equal(GuestPhase.Ended, guest.RowAs<GuestRow>().Phase);
    }

    [Fact]
    public void Orders_of_its_region_are_idempotent_and_fenced()
    {
        var guest = Guest();
        Assert.IsType<Busy>(guest.Ask(Order()));         // told to the region by an activation that has written since
        guest.Ask(Offer());
        guest.Ask(Order(5, epoch: 2));

        Assert.Equal(new Dispatched(Some.Attempt()), guest.Ask(Order(5, epoch: 2)));
        Assert.IsType<Stale>(guest.Ask(Order(9, epoch: 1)));
        Assert.IsType<Stale>(guest.Ask(Order(4, epoch: 2)));
        Assert.Equal(RefusalCode.StillRunning, CodeOf(guest.Ask(Order(6, epoch: 2))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(guest.Ask(Some.DispatchTo(Some.East))));
        guest.Ask(Ended());
        Assert.Equal(RefusalCode.AlreadyEnded, CodeOf(guest.Ask(Order(7, epoch: 2))));
    }

    [Fact]
    public void Stopped_while_it_waits_it_ends_at_once()
    {
        var guest = Guest();
        guest.Ask(Offer());

        Assert.Equal(Ack.Done, guest.Ask(new GuestStop(Some.Attempt(), AttemptEndCause.Cancelled, false)));

        Assert.Equal(AttemptEndCause.Cancelled, guest.Waiting<AttemptEnded>().End.Cause);
        guest.Restart();
        Assert.False(guest.HasWaiting<GuestWaits>());
        guest.Waiting<TaskSettled>();           // its region drops it from the queue
        guest.Waiting<AttemptEnded>();
    }

    [Fact]
    public void A_stop_waits_for_the_answer_to_the_offer()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Ask(Order());
        guest.Ask(new GuestStop(Some.Attempt(), AttemptEndCause.Cancelled, true));
        Assert.False(guest.HasWaiting<StopAttempt>());

        guest.Answer<Offer>(Granted);

        Assert.True(guest.Waiting<StopAttempt>().Force);
        guest.Restart();
        guest.Waiting<StopAttempt>();
    }

    [Fact]
    public void A_refused_offer_of_a_stopped_guest_ends_it_for_the_cause_of_the_stop()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Ask(Order());
        guest.Ask(new GuestStop(Some.Attempt(), AttemptEndCause.Cancelled, true));

        guest.Answer<Offer>(Full);

        Assert.Equal(AttemptEndCause.Cancelled, guest.Waiting<AttemptEnded>().End.Cause);
    }

    [Fact]
    public void A_stop_of_an_unknown_or_older_attempt_changes_nothing()
    {
        var guest = Guest();
        Assert.Equal(RefusalCode.NotFound, CodeOf(guest.Ask(new GuestStop(Some.Attempt(), AttemptEndCause.Cancelled, false))));
        guest.Ask(Offer(2));

        Assert.IsType<Stale>(guest.Ask(new GuestStop(Some.Attempt(), AttemptEndCause.Cancelled, false)));

        Assert.Equal(GuestPhase.Waiting, guest.RowAs<GuestRow>().Phase);
    }

    [Fact]
    public void A_lost_owner_ends_what_waits_and_stops_what_runs()
    {
        var waiting = Guest();
        Assert.Equal(Ack.Done, waiting.Ask(new OwnerLost(Some.Task())));
        waiting.Ask(Offer());
        waiting.Ask(new OwnerLost(Some.Task()));
        Assert.Equal(AttemptEndCause.LeaseExpired, waiting.Waiting<AttemptEnded>().End.Cause);

        var running = Leased();
        running.Ask(new OwnerLost(Some.Task()));
        Assert.Equal(AttemptEndCause.LeaseExpired, running.Waiting<StopAttempt>().Cause);
        Assert.False(running.Waiting<StopAttempt>().Force);
        running.Ask(Ended());
        Assert.Equal(AttemptEndCause.Completed, running.Waiting<AttemptEnded>().End.Cause);     // kept for the owner as it was
    }

    [Fact]
    public void An_owner_that_does_not_know_the_attempt_any_more_has_it_stopped()
    {
        var guest = Leased();
        guest.Ask(Started());

        guest.Answer<AttemptStarted>(new Stale("attempt", 1, 2));

        Assert.Equal(AttemptEndCause.Superseded, guest.Waiting<StopAttempt>().Cause);
    }

    [Fact]
    public void Confirms_a_grant_of_its_attempt_on_its_node_only()
    {
        var guest = Guest();
        guest.Ask(Offer());
        Assert.IsType<Stale>(guest.Ask(new ConfirmGrant(Some.Attempt(), Some.W1)));
        guest.Ask(Order());

        Assert.IsType<Stale>(guest.Ask(new ConfirmGrant(Some.Attempt(), W2)));
        var asked = guest.Post(new ConfirmGrant(Some.Attempt(), Some.W1));
        Assert.Null(guest.ReplyTo(asked));
        guest.Answer<ConfirmGrant>(Ack.Done);
        Assert.Equal(Ack.Done, guest.ReplyTo(asked));
        guest.Answer<Offer>(Full);
        Assert.Equal(GuestPhase.Leased, guest.RowAs<GuestRow>().Phase);
    }

    [Fact]
    public void What_its_owner_has_taken_back_while_contact_was_lost_is_not_started()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Ask(Order());

        var asked = guest.Post(new ConfirmGrant(Some.Attempt(), Some.W1));
        guest.Answer<ConfirmGrant>(new Stale("attempt", 1, 2));

        Assert.IsType<Stale>(guest.ReplyTo(asked));
        Assert.Equal(GuestPhase.Ended, guest.RowAs<GuestRow>().Phase);
        Assert.Equal(AttemptEndCause.Superseded, guest.Waiting<AttemptEnded>().End.Cause);
    }

    [Fact]
    public void Describes_the_attempt_it_has()
    {
        var guest = Guest();
        Assert.Equal(RefusalCode.NotFound, CodeOf(guest.Ask(new DescribeTask(Some.Task()))));
        guest.Ask(Offer());
        Assert.Equal(TaskPhase.Pending, Phase());
        guest.Ask(Order());
        Assert.Equal(TaskPhase.Leased, Phase());
        guest.Ask(Started());
        Assert.Equal(TaskPhase.Running, Phase());
        guest.Ask(Ended());
        Assert.Equal(TaskPhase.Succeeded, Phase());

        TaskPhase Phase() => Assert.IsType<TaskDescription>(guest.Ask(new DescribeTask(Some.Task()))).Row.Phase;
    }

    [Fact]
    public void Is_not_the_one_to_cancel() =>
        Assert.Equal(RefusalCode.NotOwner, CodeOf(Guest().Ask(new CancelTask(Some.Task(), "", false))));

    internal static MachineHarness Guest() =>
        new MachineHarness(() => new GuestMachine(Some.Task(), Some.West, Some.Settings(Some.West)), Some.Settings(Some.West)).Activate();

    private static MachineHarness Leased()
    {
        var guest = Guest();
        guest.Ask(Offer());
        guest.Answer<GuestWaits>(Ack.Done);
        guest.Ask(Order());
        guest.Answer<Offer>(Granted);
        return guest;
    }

    private static GuestOffer Offer(int number = 1) => new(Some.Attempt(number), Some.Run());

    private static Dispatch Order(int order = 1, NodeId? node = null, long epoch = 1) =>
        new(Some.Run(), Some.West, node ?? Some.W1, new Epoch(epoch), order);

    private static AttemptStarted Started() => new(Some.Attempt(), Some.W1, MachineHarness.Start);

    private static AttemptEnded Ended(AttemptEndCause cause = AttemptEndCause.Completed) => new(Some.Attempt(), Some.End(cause), Some.W1);

    private static RefusalCode CodeOf(Reply? reply) => Assert.IsType<Refused>(reply).Code;
}
