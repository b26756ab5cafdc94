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
    private const int Ahead = 4;

    /// <summary>Half of the displacements lead home, if there is a way.</summary>
    private const uint HomingBelow = 128;

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
        around = around.For(tasks.Length, nodes.Length, e.HoldsHomeWhileAway);
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
        var reliefsBelow = e.HoldsHomeWhileAway ? (uint)((around.Reliefs ?? 0) * 256) : 0;
        var displacesBelow = reliefsBelow + (uint)((around.Displacements ?? 0) * 256);
        var swapsBelow = displacesBelow + (uint)(around.Swaps * 256);
        var homesBelow = (uint)(around.Homes * 256);
        var targets = around.Targets;
        var toll = e.HoldsHomeWhileAway ? temperature * around.Toll : 0;
        Span<Draw> draws = stackalloc Draw[MovesPerTemperature + Ahead];
        DrawTasks(draws, tasks, around, swapsBelow, displacesBelow, ref random);
        for (var i = 0; i < Ahead; i++) e.Prefetch(draws[i].Task);
        int proposals = moves, evaluations = 0, accepted = 0;
        for (var i = 0; i < moves; i++)
        {
            ref readonly var soon = ref draws[i + Ahead];
            e.Prefetch(soon.Task);
            if (soon.Kind < swapsBelow) e.Prefetch(soon.Other);
            ref readonly var draw = ref draws[i];
            var limit = temperature * At(ThresholdTable.MinusLog, draw.Threshold);
            var task = draw.Task;
            var from = e.NodeOf(task);
            var home = e.HomeOf(task);
            if (draw.Kind < reliefsBelow)
            {
                if (from == home) continue;
                evaluations++;
                if (Relieve(ref e, task, draw.Other, limit + (e.NodeOf(draw.Other) == e.HomeOf(draw.Other) ? 0 : toll))) accepted++;
                continue;
            }

            if (draw.Kind < displacesBelow)
            {
                evaluations++;
                var homing = draw.HomeChance < HomingBelow;
                if (Displacement.Try(ref e, task, draw.Other, homing, tasks, nodes, limit, temperature, ref random)) accepted++;
                continue;
            }

            if (draw.Kind < swapsBelow)
            {
                var to = e.NodeOf(draw.Other);
                if (to == from) continue;
                evaluations++;
                if (toll > 0) limit -= toll * (Left(from, home, to) + Left(to, e.HomeOf(draw.Other), from));
                var price = e.SwapDelta(task, draw.Other, limit);
                if (price > limit) continue;
                e.Swap(task, draw.Other, price);
                accepted++;
                continue;
            }

            var node = home != from && draw.HomeChance < homesBelow
                ? Home(ref e, task, home)
                : Target(ref e, task, from, nodes, targets, ref random, ref proposals);
            if (node < 0) continue;
            evaluations++;
            limit -= toll * Left(from, home, node);
            var delta = e.ShiftDelta(task, node, limit);
            if (delta > limit) continue;
            e.Shift(task, node, delta);
            accepted++;
        }

        stream = random;
        return new Tally(moves, proposals, evaluations, accepted);
    }

    /// <summary>What is drawn before a proposal is looked at, so that memory can be asked for in time.</summary>
    private struct Draw
    {
        public int Task;
        public int Other;
        public short Threshold;
        public byte Kind;
        public byte HomeChance;
    }

    private static void DrawTasks(
        Span<Draw> draws, int[] tasks, Neighbourhood around, uint swapsBelow, uint displacesBelow, ref SeedStream random)
    {
        var window = Math.Max(8, (int)(tasks.Length * around.SwapWindow));
        foreach (ref var draw in draws)
        {
            var bits = random.NextUInt64();
            draw.Threshold = (short)(bits & (ThresholdTable.Size - 1));
            draw.Kind = (byte)(bits >> 12);
            draw.HomeChance = (byte)(bits >> 20);
            var index = (int)(((bits >> 32) * (ulong)tasks.Length) >> 32);
            for (var b = 1; b < around.Draws; b++) index = Math.Min(index, random.Next(tasks.Length));
            draw.Task = At(tasks, index);
            if (draw.Kind < swapsBelow)
                draw.Other = At(tasks, draw.Kind < displacesBelow ? random.Next(tasks.Length) : Partner(index, window, tasks.Length, random.NextUInt64()));
        }
    }

    /// <summary>Sends a task home and puts another in its place: where tasks away hold room twice, little else makes room.</summary>
    private static bool Relieve<TEnergy>(ref TEnergy e, int away, int task, double limit)
        where TEnergy : struct, IEnergy
    {
        var node = e.NodeOf(away);
        var home = e.HomeOf(away);
        if (node == home || !e.Owns(home) || e.NodeOf(task) == node || !e.Fits(away, home)) return false;
        var first = e.ShiftDelta(away, home, double.MaxValue);
        if (first > double.MaxValue) return false;
        e.Shift(away, home, first);
        if (e.Fits(task, node))
        {
            var second = e.ShiftDelta(task, node, limit - first);
            if (second <= limit - first)
            {
                e.Shift(task, node, second);
                return true;
            }
        }

        e.Shift(away, node, -first);
        return false;
    }

    /// <summary>+1 when a task leaves home, −1 when it returns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Left(int from, int home, int to) => (from == home ? 1 : 0) - (to == home ? 1 : 0);

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
    private static int Target<TEnergy>(
        ref TEnergy e, int task, int from, int[] nodes, int targets, ref SeedStream random, ref int proposals)
        where TEnergy : struct, IEnergy
    {
        for (var draw = 0; draw < targets; draw += 2)
        {
            // Two nodes out of one number: the upper and the lower half.
            var bits = random.NextUInt64();
            var node = At(nodes, (int)(((bits >> 32) * (ulong)nodes.Length) >> 32));
            if (node != from && e.Fits(task, node))
            {
                proposals += draw;
                return node;
            }

            node = At(nodes, (int)(((bits & uint.MaxValue) * (ulong)nodes.Length) >> 32));
            if (node != from && e.Fits(task, node))
            {
                proposals += draw + 1;
                return node;
            }
        }

        proposals += targets - 1;
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At<T>(T[] array, int index) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)index);
}
