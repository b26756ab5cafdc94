using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>
/// Rule 10: nothing is granted of a device that is not healthy. The node's row is the truth of it: a grant that begins names devices that were
/// healthy when it began, whatever became of them in the same write.
/// </summary>
/// <remarks>
/// A write may hold a grant and the trouble after it, or the recovery before it. Which came first is told by the device's epoch, which rises when it
/// starts draining or is lost, and by the turns of its health that the row lists.
/// </remarks>
internal sealed class HealthyDevices(IWorldView world) : IChecker
{
    public void Observe(SimulationEvent happened)
    {
        if (happened is not RowWritten { After.Value.Row: NodeRow after } written || after.Grants.IsEmpty) return;
        var before = written.Before?.Value.Row as NodeRow;
        foreach (var grant in after.Grants)
        {
            if (grant.Devices.IsDefaultOrEmpty || before?.Grants.Any(held => held.Attempt == grant.Attempt) == true) continue;
            foreach (var part in grant.Devices) Granted(grant, part, before, after);
        }
    }

    public void End()
    {
    }

    private void Granted(Grant grant, DeviceGrant part, NodeRow? before, NodeRow after)
    {
        var was = StateOf(before, part.Uuid);
        if (StateOf(after, part.Uuid) is not { } now)
            Broken($"{after.Node} grants {part.Uuid} to {grant.Attempt}, and knows nothing of its health.", after, grant);
        else if (now.Phase is DevicePhase.Draining or DevicePhase.Lost or DevicePhase.Recovering && part.DeviceEpoch >= now.Epoch)
            Broken($"{after.Node} grants {part.Uuid} of epoch {part.DeviceEpoch} to {grant.Attempt}; the device is {now.Phase} since that epoch began: {now.Why}", after, grant);
        else if (was is { Phase: not DevicePhase.Healthy } && !GrewHealthy(part.Uuid, before!, after))
            Broken($"{after.Node} grants {part.Uuid} to {grant.Attempt}; the device was {was.Phase} and has not been healthy since: {was.Why}", after, grant);
    }

    /// <summary>Whether this write says that the device was healthy again for a while.</summary>
    private static bool GrewHealthy(string uuid, NodeRow before, NodeRow after) => !after.Turns.IsDefault
        && after.Turns.Any(turn => turn.Uuid == uuid && turn.Phase == DevicePhase.Healthy && (before.Turns.IsDefault || !before.Turns.Contains(turn)));

    private static DeviceState? StateOf(NodeRow? row, string uuid) => row is null || row.Devices.IsDefault ? null : row.Devices.FirstOrDefault(d => d.Uuid == uuid);

    private void Broken(string message, NodeRow row, Grant grant) => world.Violate(Rules.HealthyDevices, message, row.Node.ToString(), grant.Attempt.ToString());
}
