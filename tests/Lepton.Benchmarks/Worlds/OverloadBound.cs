using Lepton.Scheduling.Annealing.Worlds;

namespace Lepton.Benchmarks.Worlds;

/// <summary>
/// The least overload any rebalancing can reach: the smallest ratio at which all demand flows into pools of so many times their supply, tasks going only
/// where residency and capability let them. Tasks may be cut in this flow and quotas are not asked, so no plan can be below it.
/// </summary>
internal static class OverloadBound
{
    public static double Of(WorldModel model)
    {
        var classes = model.Tasks.GroupBy(t => (t.Regions, t.Kinds)).Select(g => (g.Key.Regions, g.Key.Kinds, Devices: (long)g.Sum(t => t.Devices))).ToList();
        var supply = new long[model.Pools.Length];
        foreach (var place in model.Places) supply[place.Pool] += place.Devices;
        var total = classes.Sum(c => c.Devices);
        var (low, high) = (0.0, 4.0);
        for (var i = 0; i < 40; i++)
        {
            var ratio = (low + high) / 2;
            if (Flows(model, classes, supply, ratio) >= total - 1e-6) high = ratio;
            else low = ratio;
        }

        return high;
    }

    private static double Flows(WorldModel model, List<(ulong Regions, uint Kinds, long Devices)> classes, long[] supply, double ratio)
    {
        var flow = new MaxFlow(2 + classes.Count + supply.Length);
        for (var c = 0; c < classes.Count; c++)
        {
            flow.Add(0, 2 + c, classes[c].Devices);
            for (var p = 0; p < supply.Length; p++)
            {
                var pool = model.Pools[p];
                if (((classes[c].Regions >> pool.Region) & 1) == 1 && ((classes[c].Kinds >> pool.Kind) & 1) == 1)
                    flow.Add(2 + c, 2 + classes.Count + p, double.MaxValue);
            }
        }

        for (var p = 0; p < supply.Length; p++) flow.Add(2 + classes.Count + p, 1, supply[p] * ratio);
        return flow.Run(0, 1);
    }
}
