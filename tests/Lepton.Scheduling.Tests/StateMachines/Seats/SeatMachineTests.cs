using Lepton.Model;
using Lepton.Scheduling.StateMachines.Seats;

namespace Lepton.Scheduling.Tests.StateMachines.Seats;

public sealed class SeatMachineTests
{
    [Fact]
    public void Each_activation_writes_a_higher_epoch_first()
    {
        var seat = Seat();
        Assert.Equal(1, seat.RowAs<SeatRow>().Epoch.Value);

        seat.Restart();

        Assert.Equal(2, seat.RowAs<SeatRow>().Epoch.Value);
    }

    [Fact]
    public void A_claim_is_durable_before_it_is_answered_and_survives()
    {
        var seat = Seat();

        var state = Assert.IsType<SeatState>(seat.Ask(new ClaimOwnership(Some.East, new Epoch(3))));

        Assert.Equal(new OwnerEpoch(Some.East, new Epoch(3)), Assert.Single(state.Owners));
        seat.Restart();
        Assert.IsType<Stale>(seat.Ask(new ClaimOwnership(Some.East, new Epoch(2))));
    }

    [Fact]
    public void Repeating_a_claim_writes_nothing()
    {
        var seat = Seat();
        seat.Ask(new ClaimOwnership(Some.East, new Epoch(3)));
        var writes = seat.Writes;

        Assert.IsType<SeatState>(seat.Ask(new ClaimOwnership(Some.East, new Epoch(3))));

        Assert.Equal(writes, seat.Writes);
    }

    [Fact]
    public void Owners_are_kept_apart_and_in_order()
    {
        var seat = Seat();
        seat.Ask(new ClaimOwnership(Some.East, new Epoch(3)));

        var state = Assert.IsType<SeatState>(seat.Ask(new ClaimOwnership(Some.West, new Epoch(1))));

        Assert.Equal([Some.West, Some.East], state.Owners.Select(owner => owner.Region));
    }

    [Fact]
    public void Refuses_a_region_it_does_not_know_and_messages_that_are_not_for_it()
    {
        var seat = Seat();

        Assert.Equal(RefusalCode.Invalid, Assert.IsType<Refused>(seat.Ask(new ClaimOwnership(new RegionId("mars"), new Epoch(1)))).Code);
        Assert.Equal(RefusalCode.Invalid, Assert.IsType<Refused>(seat.Ask(AskRegion.Now)).Code);
    }

    private static MachineHarness Seat() => new MachineHarness(() => new SeatMachine(Some.East, Some.Settings())).Activate();
}
