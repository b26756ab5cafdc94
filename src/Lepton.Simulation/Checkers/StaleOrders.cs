using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 7: an order of an older epoch changes nothing. Epochs in rows only grow, a grant needs an offer of the newest region epoch the node
/// has stored, and no process of an attempt starts that is not the owner's newest.
/// </summary>
internal sealed class StaleOrders(IWorldView world) : IChecker
{
    private readonly Dictionary<(NodeId Node, AttemptId Attempt), Epoch> _offered = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case MessageArrived { Message: Offer offer } arrived when NodeId.TryParse(arrived.To.Key, out var node):
                var key = (node, offer.Attempt);
                if (!_offered.TryGetValue(key, out var newest) || newest < offer.RegionEpoch) _offered[key] = offer.RegionEpoch;
                break;
            case RowWritten written:
                Written(written);
                break;
            case ProcessStarted started:
                Started(started);
                break;
        }
    }

    public void End()
    {
    }

    private void Written(RowWritten written)
    {
        switch (written.Before?.Value.Row, written.After.Value.Row)
        {
            case (NodeRow before, NodeRow after):
                Grows(before.Epoch.Value, after.Epoch.Value, "node epoch", after.Node);
                Grows(before.RegionEpoch.Value, after.RegionEpoch.Value, "region epoch", after.Node);
                Grows(before.Incarnation, after.Incarnation, "agent incarnation", after.Node);
                foreach (var grant in after.Grants) Granted(before, grant);
                break;
            case (RegionRow before, RegionRow after):
                Grows(before.Epoch.Value, after.Epoch.Value, "epoch", after.Region);
                break;
            case (SeatRow before, SeatRow after):
                Grows(before.Epoch.Value, after.Epoch.Value, "seat epoch", after.Region);
                Grows(before.Term.Value, after.Term.Value, "term", after.Region);
                foreach (var owner in before.Owners) Grows(owner.Epoch.Value, Known(after, owner.Region), $"owner epoch of {owner.Region}", after.Region);
                break;
            case (TaskRow before, TaskRow after):
                Grows(before.Attempt, after.Attempt, "attempt", after.Task);
                Grows(before.RegionEpoch.Value, after.RegionEpoch.Value, "region epoch", after.Task);
                Grows(before.Retries, after.Retries, "retries", after.Task);
                break;
            case (GuestRow before, GuestRow after):
                Grows(before.Attempt.Number, after.Attempt.Number, "guest attempt", after.Attempt.Task);
                break;
        }
    }

    private static long Known(SeatRow seat, RegionId region) => seat.Owners.FirstOrDefault(owner => owner.Region == region)?.Epoch.Value ?? 0;

    private void Granted(NodeRow before, Grant grant)
    {
        foreach (var held in before.Grants)
        {
            if (held.Attempt == grant.Attempt) return;
        }

        var offered = _offered.GetValueOrDefault((before.Node, grant.Attempt));
        if (offered < before.RegionEpoch)
        {
            world.Violate(
                Rules.StaleOrders,
                $"{before.Node} grants {grant.Attempt}, offered under region epoch {offered} at most, and has seen {before.RegionEpoch}.",
                before.Node.ToString(),
                grant.Attempt.ToString());
        }
    }

    private void Started(ProcessStarted started)
    {
        var task = started.Attempt.Task;
        if (world.Read(task.Owner, TaskRow.KeyOf(task))?.Value.Row is not TaskRow row)
            world.Violate(Rules.StaleOrders, $"{started.Attempt} starts on {started.Node}; its owner has no row of the task.", task.ToString());
        else if (row.Attempt != started.Attempt.Number || row.Phase.IsTerminal())
            world.Violate(Rules.StaleOrders, $"{started.Attempt} starts on {started.Node}; its owner is at attempt {row.Attempt}, {row.Phase}.", task.ToString());
    }

    private void Grows(long before, long after, string what, object entity)
    {
        if (after < before) world.Violate(Rules.StaleOrders, $"{entity}: {what} fell from {before} to {after}.", entity.ToString()!);
    }
}
