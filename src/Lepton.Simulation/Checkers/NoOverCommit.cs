using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>Rule 2: neither the grants that are stored nor the processes that really run ever exceed a machine.</summary>
internal sealed class NoOverCommit(IWorldView world) : IChecker
{
    private readonly Dictionary<NodeId, Dictionary<AttemptId, Capacity>> _running = [];

    private readonly Dictionary<NodeId, Dictionary<AttemptId, ImmutableArray<DeviceGrant>>> _devices = [];

    public void Observe(SimulationEvent happened)
    {
        switch (happened)
        {
            case RowWritten { After.Value.Row: NodeRow row } when !row.Grants.IsEmpty:
                var granted = Sum(row.Grants.Select(grant => grant.Demand));
                var capacity = world.CapacityOf(row.Node);
                if (!capacity.Fits(granted))
                    world.Violate(Rules.NoOverCommit, $"{row.Node} has {capacity} and stores grants of {granted}: {string.Join(", ", row.Grants.Select(g => g.Attempt))}.", row.Node.ToString());
                Devices(row.Node, row.Grants.Select(g => (g.Attempt, g.Devices)), "stores grants");
                break;
            case ProcessStarted started:
                if (!_running.TryGetValue(started.Node, out var here)) _running.Add(started.Node, here = []);
                here[started.Attempt] = started.Demand;
                var used = Sum(here.Values);
                if (!world.CapacityOf(started.Node).Fits(used))
                    world.Violate(Rules.NoOverCommit, $"{started.Node} has {world.CapacityOf(started.Node)} and runs processes of {used}: {string.Join(", ", here.Keys)}.", started.Node.ToString());
                if (started.Devices.IsDefaultOrEmpty) break;
                if (!_devices.TryGetValue(started.Node, out var held)) _devices.Add(started.Node, held = []);
                held[started.Attempt] = started.Devices;
                Devices(started.Node, held.Select(h => (h.Key, h.Value)), "runs processes");
                break;
            case ProcessEnded ended:
                if (_running.TryGetValue(ended.Node, out var left)) left.Remove(ended.Attempt);
                if (_devices.TryGetValue(ended.Node, out var free)) free.Remove(ended.Attempt);
                break;
        }
    }

    public void End()
    {
    }

    /// <summary>Of no device more than there is of it, and never of a GPU and one of its instances.</summary>
    private void Devices(NodeId node, IEnumerable<(AttemptId Attempt, ImmutableArray<DeviceGrant> Devices)> holders, string does)
    {
        Dictionary<string, (int Milli, long Memory, string Who)>? taken = null;
        foreach (var (attempt, devices) in holders)
        {
            foreach (var part in devices.IsDefault ? [] : devices)
            {
                var before = (taken ??= []).GetValueOrDefault(part.Uuid);
                taken[part.Uuid] = (before.Milli + part.ShareMilli, before.Memory + part.MemoryBytes, $"{before.Who} {attempt}");
            }
        }

        if (taken is null) return;
        foreach (var device in world.DevicesOf(node))
        {
            if (!taken.TryGetValue(device.Uuid, out var of)) continue;
            if (of.Milli > DeviceAsk.Whole || of.Memory > device.MemoryBytes)
                world.Violate(Rules.NoOverCommit, $"{node} {does} of {of.Milli} thousandths and {of.Memory} bytes of {device.Uuid}, which has {device.MemoryBytes} bytes:{of.Who}.", node.ToString());
            if (device.ParentUuid is { } parent && taken.TryGetValue(parent, out var whole))
                world.Violate(Rules.NoOverCommit, $"{node} {does} of {device.Uuid} ({of.Who}) and of the GPU it is a part of ({whole.Who}).", node.ToString());
        }
    }

    private static Capacity Sum(IEnumerable<Capacity> parts) => parts.Aggregate(Capacity.Zero, (sum, part) => sum + part);
}
