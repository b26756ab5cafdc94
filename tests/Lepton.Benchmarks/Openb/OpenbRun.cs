using Lepton.Scheduling;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Benchmarks.Openb;

/// <summary>One run of the paper's experiment: shuffled pods arrive one by one, up to 130 % of all GPU, and never leave.</summary>
/// <remarks>
/// The drawn copies come after the shuffled originals; what fits nowhere is dropped and still counts as arrived. Equal scores go to the node
/// whose name is lowest, and names have a fresh random order in each run: published deviations over seeds (0.5 to 0.6 points for clustering and
/// packing, which tie often) come out only so; with the order of the published file they are a fifth of that.
/// Every policy sees the same pods and nodes under the same seed.
/// </remarks>
internal static class OpenbRun
{
    private const int ArrivedPercent = 130;

    /// <summary>Per cent of all GPU in use, averaged over the arrivals where what has arrived rounds to 100 %.</summary>
    public static double AllocatedAtFull(OpenbTrace trace, RequestMix mix, NamedDevicePolicy policy, int seed)
    {
        var pods = Arrivals(trace, seed);
        var names = SeedStream.For((ulong)seed, "node-names");
        var nodes = trace.Nodes.ToArray();
        Shuffle(nodes, ref names);
        var pool = new NodePool(nodes);
        var placer = new DevicePlacer(pool, trace.Classes, policy.Create(pool, mix, (ulong)seed));
        var (all, arrived, used, sum, count) = ((double)trace.GpuMilli, 0L, 0L, 0.0, 0);
        foreach (var pod in pods)
        {
            var asked = trace.Classes[pod].TotalGpuMilli;
            arrived += asked;
            if (placer.Place(pod).IsPlaced) used += asked;
            if (arrived > all * 1.005) break;
            if (Math.Round(100 * arrived / all) is not 100) continue;
            sum += 100 * used / all;
            count++;
        }

        return count > 0 ? sum / count : 100 * used / all;
    }

    private static List<int> Arrivals(OpenbTrace trace, int seed)
    {
        var chance = SeedStream.For((ulong)seed, "arrivals");
        var pods = trace.Pods.ToArray();
        Shuffle(pods, ref chance);
        var arrivals = pods.ToList();
        var limit = (long)trace.GpuMilli * ArrivedPercent / 100;
        var asked = arrivals.Sum(p => (long)trace.Classes[p].TotalGpuMilli);
        while (asked > limit)
        {
            var gone = chance.Next(arrivals.Count);
            asked -= trace.Classes[arrivals[gone]].TotalGpuMilli;
            arrivals.RemoveAt(gone);
        }

        while (true)
        {
            var copy = trace.Pods[chance.Next(trace.Pods.Length)];
            asked += trace.Classes[copy].TotalGpuMilli;
            if (asked > limit) return arrivals;
            arrivals.Add(copy);
        }
    }

    private static void Shuffle<T>(T[] items, ref SeedStream chance)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = chance.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
