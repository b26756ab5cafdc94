using Lepton.Scheduling;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>The wires between processes: each delivery takes its time, and may be lost, late, twice, out of order or cut off.</summary>
internal sealed class Network(VirtualWorld world, int processes)
{
    private readonly int[,] _cuts = new int[processes, processes];
    private readonly long[,] _lastArrival = new long[processes, processes];
    private SeedStream _chance = SeedStream.For(world.Seed, "network");

    /// <summary>Cuts one direction; cuts add up, each <see cref="Heal"/> takes one back.</summary>
    public void Cut(SimProcess from, SimProcess to) => _cuts[from.Index, to.Index]++;

    public void Heal(SimProcess from, SimProcess to)
    {
        if (_cuts[from.Index, to.Index] > 0) _cuts[from.Index, to.Index]--;
    }

    public void HealAll() => Array.Clear(_cuts);

    public bool IsCut(SimProcess from, SimProcess to) => _cuts[from.Index, to.Index] > 0;

    /// <summary>Delivers, perhaps. <paramref name="deliver"/> runs in the receiver, if it lives then.</summary>
    public void Send(SimProcess from, SimProcess to, object what, Action deliver)
    {
        if (_chance.Chance(world.Rates.Loss))
        {
            world.Count(FaultKind.MessageLost);
            world.Trace.Add(TraceKind.Lost, from.Name, to.Name, what);
            return;
        }

        Carry(from, to, what, deliver);
        if (!_chance.Chance(world.Rates.Duplicate)) return;
        world.Count(FaultKind.MessageDuplicated);
        Carry(from, to, what, deliver);
    }

    private void Carry(SimProcess from, SimProcess to, object what, Action deliver)
    {
        if (IsCut(from, to))
        {
            world.Trace.Add(TraceKind.Lost, from.Name, to.Name, what);
            return;
        }

        var arrival = world.Queue.Now + Flight();
        ref var last = ref _lastArrival[from.Index, to.Index];
        if (arrival < last) world.Count(FaultKind.MessageReordered);
        last = Math.Max(last, arrival);
        world.Queue.At(arrival, () => Arrive(from, to, what, deliver));
    }

    private long Flight()
    {
        var ticks = TimeSpan.TicksPerMillisecond + (long)(_chance.NextDouble() * 12 * TimeSpan.TicksPerMillisecond);
        if (!_chance.Chance(world.Rates.Delay)) return ticks;
        world.Count(FaultKind.MessageDelayed);
        return ticks + (long)(_chance.NextDouble() * 4 * TimeSpan.TicksPerSecond);
    }

    private void Arrive(SimProcess from, SimProcess to, object what, Action deliver)
    {
        if (!to.Up || IsCut(from, to))
        {
            world.Trace.Add(TraceKind.Lost, from.Name, to.Name, what);
            return;
        }

        if (to.PausedUntil > world.Queue.Now)
        {
            world.Queue.At(to.PausedUntil, () => Arrive(from, to, what, deliver));
            return;
        }

        deliver();
    }
}
