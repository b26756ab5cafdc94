namespace Lepton.Scheduling.Annealing;

/// <summary>Puts a task on a node that has no room for it, and sends away tasks there until it has.</summary>
/// <remarks>
/// Those sent away go home, else where the first came from, else to a node drawn at random. The whole is one move: accepted when its price
/// is below the limit and every node holds what is on it, undone otherwise. Large tasks move in full systems by this and little else.
/// Cost: up to <see cref="MostDisplaced"/> shifts. Source: the big-process moves of the ROADEF 2012 winners (S41), as a move of the annealer.
/// </remarks>
internal static class Displacement
{
    private const int MostDisplaced = 6;
    private const int MostLookedAt = 12;

    public static bool Try<TEnergy>(ref TEnergy e, int task, int beside, int[] nodes, double limit, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var from = e.NodeOf(task);
        var node = e.NodeOf(beside);
        if (from == node) return false;
        var price = e.ShiftDelta(task, node, double.MaxValue);
        if (price > double.MaxValue) return false;
        Span<(int Task, int From, double Price)> made = stackalloc (int, int, double)[MostDisplaced + 1];
        made[0] = (task, from, price);
        var count = 1;
        e.Shift(task, node, price);
        var candidate = beside;
        for (var looked = 0; looked < MostLookedAt && count <= MostDisplaced && !e.Holds(node); looked++)
        {
            var next = e.NextOnNode(candidate);
            if (candidate != task && SendAway(ref e, candidate, node, from, nodes, ref random) is { } sent)
            {
                made[count++] = (candidate, node, sent);
                price += sent;
            }

            candidate = next;
        }

        if (price <= limit && e.Holds(node)) return true;
        while (--count >= 0) e.Shift(made[count].Task, made[count].From, -made[count].Price);
        return false;
    }

    private static double? SendAway<TEnergy>(ref TEnergy e, int task, int node, int former, int[] nodes, ref SeedStream random)
        where TEnergy : struct, IEnergy
    {
        var home = e.HomeOf(task);
        if (home != node && e.Owns(home) && Go(ref e, task, home) is { } home1) return home1;
        if (Go(ref e, task, former) is { } back) return back;
        var other = nodes[random.Next(nodes.Length)];
        return other != node && other != former && other != home ? Go(ref e, task, other) : null;
    }

    private static double? Go<TEnergy>(ref TEnergy e, int task, int node)
        where TEnergy : struct, IEnergy
    {
        if (!e.Fits(task, node)) return null;
        var price = e.ShiftDelta(task, node, double.MaxValue);
        if (price > double.MaxValue) return null;
        e.Shift(task, node, price);
        return price;
    }
}
