using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>Rule 2: neither the grants that are stored nor the processes that really run ever exceed a machine.</summary>
internal sealed class NoOverCommit(IWorldView world) : IChecker
{
    private readonly Dictionary<NodeId, Dictionary<AttemptId, Capacity>> _running = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case RowWritten { After.Value.Row: NodeRow row } when !row.Grants.IsEmpty:
                var granted = Sum(row.Grants.Select(grant => grant.Demand));
                var capacity = world.CapacityOf(row.Node);
                if (!capacity.Fits(granted))
                    world.Violate(Rules.NoOverCommit, $"{row.Node} has {capacity} and stores grants of {granted}: {string.Join(", ", row.Grants.Select(g => g.Attempt))}.", row.Node.ToString());
                break;
            case ProcessStarted started:
                if (!_running.TryGetValue(started.Node, out var here)) _running.Add(started.Node, here = []);
                here[started.Attempt] = started.Demand;
                var used = Sum(here.Values);
                if (!world.CapacityOf(started.Node).Fits(used))
                    world.Violate(Rules.NoOverCommit, $"{started.Node} has {world.CapacityOf(started.Node)} and runs processes of {used}: {string.Join(", ", here.Keys)}.", started.Node.ToString());
                break;
            case ProcessEnded ended:
                if (_running.TryGetValue(ended.Node, out var left)) left.Remove(ended.Attempt);
                break;
        }
    }

    public void End()
    {
    }

    private static Capacity Sum(IEnumerable<Capacity> parts) => parts.Aggregate(Capacity.Zero, (sum, part) => sum + part);
}
