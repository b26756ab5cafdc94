namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>Values and rules of a placement from scratch: slow, plain, and the judge of everything incremental.</summary>
/// <remarks>Cost: O(tasks × resources + nodes × resources + dependencies).</remarks>
public static class PlacementAudit
{
    public static PlacementTerms Terms(PlacementModel model, ReadOnlySpan<int> nodes)
    {
        var used = Used(model, nodes, transient: false);
        double load = 0, balance = 0, taskMoves = 0, routes = 0;
        for (var n = 0; n < model.Nodes.Length; n++)
        {
            var node = model.Nodes[n];
            for (var r = 0; r < model.Resources.Length; r++)
            {
                load += (double)model.Resources[r].Weight * Math.Max(0, used[n][r] - node.SoftLimit[r]);
            }

            foreach (var b in model.Balances)
            {
                balance += b.Weight * (double)Math.Max(
                    0,
                    (b.Ratio * (node.Capacity[b.Of] - used[n][b.Of])) - (node.Capacity[b.Per] - used[n][b.Per]));
            }
        }

        var moved = 0;
        var movedOfGroup = new int[model.Groups.Length];
        for (var t = 0; t < model.Tasks.Length; t++)
        {
            var task = model.Tasks[t];
            routes += model.Prices.Route * (double)model.Routes.Cost(task.Home, nodes[t]);
            if (nodes[t] == task.Home) continue;
            moved++;
            movedOfGroup[task.Group]++;
            taskMoves += model.Prices.Task * (double)task.MoveCost;
        }

        return new PlacementTerms(load, balance, taskMoves, model.Prices.Group * (double)Largest(movedOfGroup), routes, moved);
    }

    /// <summary>The first rule that the placement breaks, in words, or null.</summary>
    public static string? Violation(PlacementModel model, ReadOnlySpan<int> nodes) =>
        OverCapacity(model, Used(model, nodes, transient: true)) ?? BrokenGroup(model, nodes);

    private static long[][] Used(PlacementModel model, ReadOnlySpan<int> nodes, bool transient)
    {
        var used = new long[model.Nodes.Length][];
        for (var n = 0; n < used.Length; n++) used[n] = new long[model.Resources.Length];
        for (var t = 0; t < model.Tasks.Length; t++)
        {
            var task = model.Tasks[t];
            for (var r = 0; r < model.Resources.Length; r++)
            {
                used[nodes[t]][r] += task.Need[r];
                if (transient && model.Resources[r].HeldWhileMoving && nodes[t] != task.Home) used[task.Home][r] += task.Need[r];
            }
        }

        return used;
    }

    private static string? OverCapacity(PlacementModel model, long[][] used)
    {
        for (var n = 0; n < used.Length; n++)
        {
            for (var r = 0; r < model.Resources.Length; r++)
            {
                if (used[n][r] > model.Nodes[n].Capacity[r])
                    return $"node {n} holds {used[n][r]} of resource {r}, its capacity is {model.Nodes[n].Capacity[r]}";
            }
        }

        return null;
    }

    private static string? BrokenGroup(PlacementModel model, ReadOnlySpan<int> nodes)
    {
        var groups = model.Groups.Length;
        var places = new HashSet<int>[groups];
        var locations = new HashSet<int>[groups];
        var hoods = new HashSet<int>[groups];
        for (var g = 0; g < groups; g++) (places[g], locations[g], hoods[g]) = ([], [], []);
        for (var t = 0; t < model.Tasks.Length; t++)
        {
            var g = model.Tasks[t].Group;
            if (!places[g].Add(nodes[t])) return $"two tasks of group {g} are on node {nodes[t]}";
            locations[g].Add(model.Nodes[nodes[t]].Location);
            hoods[g].Add(model.Nodes[nodes[t]].Neighbourhood);
        }

        for (var g = 0; g < groups; g++)
        {
            if (locations[g].Count < model.Groups[g].Locations)
                return $"group {g} is in {locations[g].Count} locations, it must be in {model.Groups[g].Locations}";
            foreach (var need in model.Groups[g].Needs)
            {
                if (!hoods[g].IsSubsetOf(hoods[need])) return $"group {g} runs in a neighbourhood without group {need}, which it needs";
            }
        }

        return null;
    }

    private static int Largest(int[] values)
    {
        var largest = 0;
        foreach (var value in values) largest = Math.Max(largest, value);
        return largest;
    }
}
