using Lepton.Model;
using Lepton.Scheduling.Queueing.Preempting;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>What runs here, as those see it who would put it off: tasks one by one, gangs as wholes.</content>
public sealed partial class RegionMachine
{
    /// <summary>What could be put off: everything that holds a node here and was not told to stop yet.</summary>
    private List<RunningTask> Running()
    {
        var running = new List<RunningTask>();
        var gangs = new SortedDictionary<(JobId Job, Epoch Epoch, long Order), List<Flight>>();
        foreach (var flight in _flights.Values)
        {
            if (flight.Region != _self) continue;
            if (flight.Gang is { } gang)
            {
                var start = (flight.Task.Job, gang.Epoch, gang.Order);
                if (!gangs.TryGetValue(start, out var members)) gangs.Add(start, members = []);
                members.Add(flight);
            }
            else if (AsVictim(flight) is { } task)
            {
                running.Add(task);
            }
        }

        foreach (var members in gangs.Values)
        {
            if (AsVictim(members) is { } gang) running.Add(gang);
        }

        return running;
    }

    private RunningTask? AsVictim(Flight flight)
    {
        if (flight.Attempt == 0 || flight.IsPutOff || flight.Broken || !flight.Preemptible) return null;
        if (flight.Node is not { } node || _ledger.Find(node) is not { } entry || flight.Amounts is not { } amounts) return null;
        return new RunningTask
        {
            Task = flight.Task,
            Node = entry.Number,
            Queue = flight.Queue,
            Priority = flight.Priority,
            StartedAt = flight.StartedAt ?? flight.Since,
            CheckpointEvery = flight.CheckpointEvery,
            TimesPutOff = flight.Before?.TimesPutOff ?? 0,
            Amounts = amounts,
        };
    }

    /// <summary>The members that are not over; null when one of them may not be put off.</summary>
    private RunningTask? AsVictim(List<Flight> members)
    {
        var parts = new List<RunningTask>(members.Count);
        foreach (var member in members.OrderBy(m => m.Task))
        {
            if (AsVictim(member) is not { } part) return null;
            parts.Add(part);
        }

        var sum = new long[parts.Max(p => p.Amounts.Length)];
        foreach (var part in parts)
        {
            for (var kind = 0; kind < part.Amounts.Length; kind++) sum[kind] += part.Amounts[kind];
        }

        return parts[0] with { StartedAt = parts.Max(p => p.StartedAt), TimesPutOff = parts.Max(p => p.TimesPutOff), Amounts = sum, Members = parts };
    }
}
