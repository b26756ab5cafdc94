namespace Lepton.Scheduling.Annealing;

/// <summary>Puts a task on a node that has no room for it, sends away tasks there until it has, and mends what that cost.</summary>
/// <remarks>
/// Those sent away go where it is cheapest: home, where the first came from, or a node drawn at random. When all nodes hold again but the price is
/// too high, and not hopelessly so, a few moves that gain around the two nodes are made before the whole is judged. It is one move: accepted when its
/// price is below the limit, undone otherwise. Large tasks move in full systems by this and little else.
/// Cost: up to <see cref="MostDisplaced"/> shifts and <see cref="Mends"/> proposals. Source: the big-process moves of the ROADEF 2012 winners (S41), with
/// the local search of a large-step Markov chain (Martin, Otto, Felten, 1992) inside.
/// </remarks>
internal static class Displacement
{
    private const int MostDisplaced = 8;
    private const int MostLookedAt = 16;
    private const int Mends = 32;

    /// <summary>Temperatures above the limit up to which mending is tried: further away it never succeeded.</summary>
    private const double Hope = 8;

    /// <param name="homing">A task that is away goes home; otherwise to the node of <paramref name="beside"/>.</param>
    public static bool Try<TEnergy>(
        ref TEnergy e, int task, int beside, bool homing, int[] tasks, int[] nodes, double limit, double temperature, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var from = e.NodeOf(task);
        var home = e.HomeOf(task);
        homing = homing && home != from && e.Owns(home);
        var node = homing ? home : e.NodeOf(beside);
        if (from == node) return false;
        var price = e.ShiftDelta(task, node, double.MaxValue);
        if (price > double.MaxValue) return false;
        var left = e.NextOnNode(task);
        Span<MoveJournal.Step> steps = stackalloc MoveJournal.Step[MoveJournal.Size];
        var journal = new MoveJournal(steps);
        journal.Shift(ref e, task, node, price);
        var candidate = homing ? e.NextOnNode(task) : beside;
        for (var looked = 0; looked < MostLookedAt && journal.Count <= MostDisplaced && !e.Holds(node); looked++)
        {
            var next = e.NextOnNode(candidate);
            if (candidate != task) SendAway(ref e, ref journal, candidate, node, from, nodes[random.Next(nodes.Length)]);
            candidate = next;
        }

        if (e.Holds(node))
        {
            if (journal.Price <= limit) return true;
            if (journal.Price <= limit + (Hope * temperature) && Mend(ref e, ref journal, task, left, tasks, nodes, limit, ref random)) return true;
        }

        journal.Undo(ref e);
        return false;
    }

    private static void SendAway<TEnergy>(ref TEnergy e, ref MoveJournal journal, int task, int node, int former, int other)
        where TEnergy : struct, IEnergy
    {
        var (best, price) = (-1, double.MaxValue);
        var home = e.HomeOf(task);
        if (home != node && e.Owns(home)) Look(ref e, task, home, ref best, ref price);
        Look(ref e, task, former, ref best, ref price);
        if (other != node) Look(ref e, task, other, ref best, ref price);
        if (best >= 0) journal.Shift(ref e, task, best, price);
    }

    private static void Look<TEnergy>(ref TEnergy e, int task, int node, ref int best, ref double price)
        where TEnergy : struct, IEnergy
    {
        if (!e.Fits(task, node)) return;
        var delta = e.ShiftDelta(task, node, price);
        if (delta < price) (best, price) = (node, delta);
    }

    /// <summary>Moves that gain, of tasks on the node that was left and on the one that was entered, until the price is right.</summary>
    private static bool Mend<TEnergy>(
        ref TEnergy e, ref MoveJournal journal, int task, int left, int[] tasks, int[] nodes, double limit, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var (entered, vacated) = (e.NodeOf(task), left == task ? -1 : e.NodeOf(left));
        var here = task;
        for (var k = 0; k < Mends && !journal.IsFull; k++)
        {
            int chosen;
            if (k % 2 == 0 && e.NodeOf(left) == vacated)
            {
                chosen = left = e.NextOnNode(left);
            }
            else
            {
                chosen = e.NextOnNode(here);
                here = e.NodeOf(chosen) == entered ? chosen : task;
            }

            Gain(ref e, ref journal, chosen, tasks, nodes, ref random);
            if (journal.Price <= limit) return true;
        }

        return false;
    }

    private static void Gain<TEnergy>(ref TEnergy e, ref MoveJournal journal, int task, int[] tasks, int[] nodes, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var bits = random.NextUInt64();
        var at = e.NodeOf(task);
        if ((bits & 1) == 0)
        {
            var other = tasks[(int)(((bits >> 32) * (ulong)tasks.Length) >> 32)];
            if (e.NodeOf(other) == at) return;
            var swap = e.SwapDelta(task, other, 0);
            if (swap < 0) journal.Swap(ref e, task, other, swap);
            return;
        }

        var node = (bits & 6) == 0 ? e.HomeOf(task) : nodes[(int)(((bits >> 32) * (ulong)nodes.Length) >> 32)];
        if (node == at || !e.Owns(node) || !e.Fits(task, node)) return;
        var shift = e.ShiftDelta(task, node, 0);
        if (shift < 0) journal.Shift(ref e, task, node, shift);
    }
}
