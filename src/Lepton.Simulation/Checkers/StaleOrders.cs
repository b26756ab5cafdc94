using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 7: an order of an older epoch changes nothing. Epochs in rows only grow, a grant needs an offer of the newest region epoch the node
/// has stored, and no process of an attempt starts that is not the owner's newest.
/// </summary>
internal sealed class StaleOrders(IWorldView world) : IChecker
{
    private readonly Dictionary<(NodeId Node, AttemptId Attempt), Epoch> _offered = [];

    private readonly HashSet<AttemptId> _running = [];
    private readonly Dictionary<(NodeId Node, AttemptId Attempt, string Uuid), Epoch> _offeredDevices = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case MessageArrived { Message: Offer offer } arrived when NodeId.TryParse(arrived.To.Key, out var node):
                var key = (node, offer.Attempt);
                if (!_offered.TryGetValue(key, out var newest) || newest < offer.RegionEpoch) _offered[key] = offer.RegionEpoch;
                foreach (var device in offer.Devices.IsDefault ? [] : offer.Devices)
                {
                    var at = (node, offer.Attempt, device.Uuid);
                    if (!_offeredDevices.TryGetValue(at, out var known) || known < device.DeviceEpoch) _offeredDevices[at] = device.DeviceEpoch;
                }

                break;
            case RowWritten written:
                Written(written);
                break;
            case ProcessStarted started:
                Started(started);
                _running.Add(started.Attempt);
                break;
            case ProcessEnded ended:
                _running.Remove(ended.Attempt);
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
                Devices(before, after);
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

    /// <summary>Device epochs only grow; what runs by a grant of an older one is being stopped; nothing is granted by an offer under an older one.</summary>
    private void Devices(NodeRow before, NodeRow after)
    {
        if (after.Devices.IsDefaultOrEmpty) return;
        var old = before.Devices.ToDictionary(d => d.Uuid, d => d.Epoch, StringComparer.Ordinal);
        var now = after.Devices.ToDictionary(d => d.Uuid, d => d.Epoch, StringComparer.Ordinal);
        foreach (var (uuid, epoch) in old)
        {
            if (now.TryGetValue(uuid, out var grown)) Grows(epoch.Value, grown.Value, $"epoch of device {uuid}", after.Node);
        }

        foreach (var grant in after.Grants)
        {
            var isNew = !before.Grants.Any(g => g.Attempt == grant.Attempt);
            foreach (var part in grant.Devices.IsDefault ? [] : grant.Devices)
            {
                if (part.DeviceEpoch < now.GetValueOrDefault(part.Uuid) && grant.StopAsked is null && _running.Contains(grant.Attempt))
                    world.Violate(Rules.StaleOrders, $"{after.Node} lets {grant.Attempt} go on with {part.Uuid} of epoch {part.DeviceEpoch}; the device is at {now.GetValueOrDefault(part.Uuid)}.", after.Node.ToString(), grant.Attempt.ToString());
                if (isNew && old.TryGetValue(part.Uuid, out var known) && _offeredDevices.GetValueOrDefault((after.Node, grant.Attempt, part.Uuid)) < known)
                    world.Violate(Rules.StaleOrders, $"{after.Node} grants {part.Uuid} to {grant.Attempt}, offered under an older epoch than {known}.", after.Node.ToString(), grant.Attempt.ToString());
            }
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
