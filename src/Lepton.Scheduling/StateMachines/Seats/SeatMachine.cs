using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Seats;

/// <summary>The seat of a region: the owner epochs it has seen, which only grow, and the term it has promised.</summary>
public sealed class SeatMachine(RegionId region, RegionSettings settings) : IStateMachine
{
    private SeatRow _row = new() { Region = region, Epoch = Epoch.None };

    public Address Self { get; } = Address.Seat(region);

    public string RowKey { get; } = SeatRow.KeyOf(region);

    public ImmutableArray<RowScan> Scans(Row? own) => [];

    public Row? Row => _row;

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        var stored = (SeatRow?)own ?? _row;
        _row = stored with { Epoch = stored.Epoch.Next() };
        effects.Save();
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        if (message is not ClaimOwnership claim)
        {
            effects.Reply(call, Replies.DoesNotTake(Self, message));
            return;
        }

        if (!settings.Fleet.Contains(claim.Region))
        {
            effects.Reply(call, new Refused(
                RefusalCode.Invalid,
                $"Region {claim.Region} is not one of the {settings.Fleet.Length} regions that {region} knows.",
                "Maybe add it to the fleet in this region's configuration."));
            return;
        }

        var known = _row.Owners.FirstOrDefault(owner => owner.Region == claim.Region)?.Epoch ?? Epoch.None;
        if (claim.OwnerEpoch < known)
        {
            effects.Reply(call, new Stale("owner epoch", claim.OwnerEpoch.Value, known.Value));
            return;
        }

        if (claim.OwnerEpoch > known)
        {
            var others = _row.Owners.RemoveAll(owner => owner.Region == claim.Region);
            _row = _row with { Owners = others.Add(new OwnerEpoch(claim.Region, claim.OwnerEpoch)).Sort(ByRegion) };
            effects.Save();
        }

        effects.Reply(call, new SeatState(_row.Term, _row.Owners));
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        // A seat asks nobody.
    }

    public void Tick(Moment now, Effects effects)
    {
        // A seat waits for nothing.
    }

    private static int ByRegion(OwnerEpoch a, OwnerEpoch b) => a.Region.CompareTo(b.Region);
}
