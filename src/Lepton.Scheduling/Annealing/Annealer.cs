using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lepton.Scheduling.Annealing;

/// <summary>Simulated annealing: draw a threshold, draw a move, price it, make it if the price is below.</summary>
/// <remarks>
/// Input: one part of a placement, a temperature range, a seed, a number of moves. Output: the part in a state of lower energy, as a rule.
/// Cost: tens of nanoseconds a proposal, no allocation. Limits: hard rules hold in every state.
/// Source: Kirkpatrick, Gelatt, Vecchi, Science 220, 1983; threshold drawn before the price as in the ROADEF 2012 entries.
/// </remarks>
public static class Annealer
{
    private const int MovesPerTemperature = 256;

    public static Tally Run<TEnergy>(
        ref TEnergy energy,
        int[] tasks,
        int[] nodes,
        Neighbourhood around,
        Cooling cooling,
        SeedStream random,
        long moves,
        CancellationToken cancel)
        where TEnergy : struct, IEnergy
    {
        var e = energy;
        var cooler = cooling.To > 0 ? Math.Pow(cooling.To / cooling.From, MovesPerTemperature / (double)Math.Max(moves, 1)) : 0;
        var temperature = cooling.From;
        var tally = default(Tally);
        for (var left = moves; left > 0 && !cancel.IsCancellationRequested; left -= MovesPerTemperature)
        {
            tally += Block(ref e, tasks, nodes, around, temperature, ref random, (int)Math.Min(left, MovesPerTemperature));
            temperature *= cooler;
        }

        energy = e;
        return tally;
    }

    private static Tally Block<TEnergy>(
        ref TEnergy e, int[] tasks, int[] nodes, Neighbourhood around, double temperature, ref SeedStream stream, int moves)
        where TEnergy : struct, IEnergy
    {
        var random = stream;
        var swapsBelow = (uint)(around.Swaps * 256);
        var homesBelow = (uint)(around.Homes * 256);
        var targets = around.Targets;
        var window = Math.Max(8, (int)(tasks.Length * around.SwapWindow));
        int evaluations = 0, accepted = 0;
        for (var i = 0; i < moves; i++)
        {
            var bits = random.NextUInt64();
            var limit = temperature * At(ThresholdTable.MinusLog, (int)(bits & (ThresholdTable.Size - 1)));
            var kind = (uint)(bits >> 12) & 255;
            var index = (int)(((bits >> 32) * (ulong)tasks.Length) >> 32);
            var task = At(tasks, index);
            if (kind < swapsBelow)
            {
                var other = At(tasks, Partner(index, window, tasks.Length, random.NextUInt64()));
                if (e.NodeOf(other) == e.NodeOf(task)) continue;
                evaluations++;
                var price = e.SwapDelta(task, other, limit);
                if (price > limit) continue;
                e.Swap(task, other, price);
                accepted++;
                continue;
            }

            var from = e.NodeOf(task);
            var home = e.HomeOf(task);
            var goesHome = home != from && ((uint)(bits >> 20) & 255) < homesBelow;
            var node = goesHome ? Home(ref e, task, home) : Target(ref e, task, from, nodes, targets, ref random);
            if (node < 0) continue;
            evaluations++;
            var delta = e.ShiftDelta(task, node, limit);
            if (delta > limit) continue;
            e.Shift(task, node, delta);
            accepted++;
        }

        stream = random;
        return new Tally(moves, evaluations, accepted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Partner(int index, int window, int count, ulong bits)
    {
        var step = 1 + (int)(((bits >> 32) * (ulong)window) >> 32);
        var other = (bits & 1) == 0 ? index + step : index - step;
        if (other < 0) other += count;
        if (other >= count) other -= count;
        return other < 0 || other >= count ? index : other;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Home<TEnergy>(ref TEnergy e, int task, int home)
        where TEnergy : struct, IEnergy => e.Owns(home) && e.Fits(task, home) ? home : -1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Target<TEnergy>(ref TEnergy e, int task, int from, int[] nodes, int targets, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        for (var draw = 0; draw < targets; draw++)
        {
            var node = At(nodes, random.Next(nodes.Length));
            if (node != from && e.Fits(task, node)) return node;
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At<T>(T[] array, int index) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)index);
}
