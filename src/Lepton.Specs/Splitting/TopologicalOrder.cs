namespace Lepton.Specs;

/// <summary>Order in which every task stands behind what it depends on; otherwise as written.</summary>
internal static class TopologicalOrder
{
    /// <summary>
    /// Positions in order, or null with a cycle as positions whose last is the first again. Cost: O((tasks + dependencies) log tasks).
    /// </summary>
    /// <param name="dependencies">For each position the positions it depends on.</param>
    public static IReadOnlyList<int>? Of(IReadOnlyList<IReadOnlyList<int>> dependencies, out IReadOnlyList<int> cycle)
    {
        var open = new int[dependencies.Count];
        var dependents = new List<int>[dependencies.Count];
        for (var i = 0; i < open.Length; i++) dependents[i] = [];
        for (var i = 0; i < open.Length; i++)
        {
            open[i] = dependencies[i].Count;
            foreach (var d in dependencies[i]) dependents[d].Add(i);
        }

        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < open.Length; i++)
        {
            if (open[i] == 0) ready.Enqueue(i, i);
        }

        var order = new List<int>(open.Length);
        while (ready.TryDequeue(out var next, out _))
        {
            order.Add(next);
            foreach (var d in dependents[next])
            {
                if (--open[d] == 0) ready.Enqueue(d, d);
            }
        }

        cycle = order.Count == open.Length ? [] : CycleIn(dependencies, open);
        return cycle.Count == 0 ? order : null;
    }

    /// <summary>
    /// Every task left open depends on another one left open: following those must come back to a task seen before.
    /// </summary>
    private static List<int> CycleIn(IReadOnlyList<IReadOnlyList<int>> dependencies, int[] open)
    {
        var walk = new List<int>();
        var seenAt = new Dictionary<int, int>();
        var at = Array.FindIndex(open, n => n > 0);
        while (!seenAt.ContainsKey(at))
        {
            seenAt[at] = walk.Count;
            walk.Add(at);
            at = dependencies[at].First(d => open[d] > 0);
        }

        var cycle = walk[seenAt[at]..];
        cycle.Add(at);
        return cycle;
    }
}
