using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing.FairShare;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <summary>What will be free on the nodes of a region, by what runs there and how long that is expected to take.</summary>
/// <remarks>
/// What has no bound, or is beyond it, is taken to run as long again as it has, a minute at least. Devices are counted, not matched: that a node
/// has so many free says nothing of islands and shares.
/// </remarks>
internal sealed class NodeTimes(NodeLedger ledger, QueueDesk desk, IReadOnlyDictionary<TaskId, Flight> flights) : INodeTimes
{
    private static readonly long Least = TimeSpan.FromMinutes(1).Ticks;

    private readonly List<long> _free = [];

    /// <summary>Run times are multiplied by this: 1, or less and more for the ends of an error bar.</summary>
    public double Stretch { get; set; } = 1;

    /// <summary>Members of a gang that have a place on the ledger and are not under way yet.</summary>
    public Dictionary<TaskId, long[]> Tried { get; } = [];

    public int Nodes => ledger.Nodes.Count;

    public bool Fill(int node, long now, CapacityProfile profile)
    {
        var entry = ledger.Nodes[node];
        if (entry.Phase != NodePhase.Ready || entry.Spec is not { } spec) return false;
        FreeOn(entry, spec);
        profile.Reset(now, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_free));
        foreach (var attempt in entry.Held.Keys) End(attempt.Task, now, profile);
        foreach (var task in entry.Offered) End(task, now, profile);
        return true;
    }

    /// <summary>What is free on a node now, by kind.</summary>
    public long[] FreeOn(NodeEntry entry)
    {
        if (entry.Spec is not { } spec) return [];
        FreeOn(entry, spec);
        return [.. _free];
    }

    private void FreeOn(NodeEntry entry, NodeSpec spec)
    {
        _free.Clear();
        Amounts.AddAll(spec, desk.Kinds, _free);
        foreach (var attempt in entry.Held.Keys) TakeDevices(attempt.Task);
        foreach (var task in entry.Offered) TakeDevices(task);
        (_free[ResourceKinds.Cpu], _free[ResourceKinds.Memory]) = (entry.Free.MilliCpu, entry.Free.MemoryBytes);
    }

    private void TakeDevices(TaskId task)
    {
        if ((flights.TryGetValue(task, out var flight) ? flight.Amounts : Tried.GetValueOrDefault(task)) is not { } amounts) return;
        for (var kind = ResourceKinds.Memory + 1; kind < Math.Min(amounts.Length, _free.Count); kind++) _free[kind] -= amounts[kind];
    }

    private void End(TaskId task, long now, CapacityProfile profile)
    {
        if (flights.TryGetValue(task, out var flight) && flight.Amounts is { } amounts) profile.Free(EndOf(flight, now), amounts);
    }

    /// <summary>When something that runs here will have ended, by its bound.</summary>
    public long EndOf(Flight flight, long now)
    {
        var started = Math.Min(now, (flight.StartedAt ?? flight.Since).Ticks);
        if (flight.IsPutOff) return now + flight.Grace.Ticks;
        if (flight.Bound is { } bound && started + (long)(bound.Ticks * Stretch) is var end && end > now) return end;
        return now + (long)(Math.Max(Least, now - started) * Stretch);
    }
}
