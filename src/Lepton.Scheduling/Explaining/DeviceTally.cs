using Lepton.Model;
using Lepton.Scheduling.Devices;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Explaining;

/// <summary>What a node has for the way of a need that it comes nearest to.</summary>
/// <param name="Total">Devices that look as asked.</param>
/// <param name="Free">Those of which so much is free as asked.</param>
/// <param name="MostFreeMilli">Thousandths free on the emptiest of them.</param>
internal sealed record DeviceTally(
    NodeEntry Node, DeviceAsk Ask, DeviceMiss Miss, int Total, int Island, int Healthy, int Free, int FreeIsland, int MostFreeMilli)
{
    public static DeviceTally Of(TaskShape shape, NodeEntry node)
    {
        var (best, ask) = (DeviceMiss.DeviceKind, shape.Ways[0].Ask);
        foreach (var way in shape.Ways)
        {
            var miss = DeviceFit.Judge(way.Ask, node);
            if (miss > best) (best, ask) = (miss, way.Ask);
        }

        var (total, island, healthy, free, freeIsland, milli) = (0, 0, 0, 0, 0, 0);
        foreach (var group in node.Devices.Groups)
        {
            if (DeviceMatch.OfLooks(ask, group.Looks.Kind, group.Looks.Model, group.MigProfile, group.Looks.MemoryBytes, group.Looks.ComputeCapability) != DeviceMisfit.None) continue;
            total = Math.Max(total, group.Devices.Length);
            island = Math.Max(island, DeviceFit.MostOnOneIsland(group, freeOnly: false));
            freeIsland = Math.Max(freeIsland, DeviceFit.MostOnOneIsland(group, freeOnly: true));
            healthy = Math.Max(healthy, group.Devices.Count(d => d.IsHealthy));
            free = Math.Max(free, group.Devices.Count(d => DeviceFit.Takes(ask, d)));
            milli = Math.Max(milli, group.Devices.Max(d => d.FreeMilli));
        }

        return new DeviceTally(node, ask, best, total, island, healthy, free, freeIsland, milli);
    }

    /// <summary>Of two the one that comes nearer: a later miss, then more of what is missing.</summary>
    public bool IsNearerThan(DeviceTally? other) => other is null
        || (Miss, FreeIsland, Free, Healthy, Island, Total, MostFreeMilli)
            .CompareTo((other.Miss, other.FreeIsland, other.Free, other.Healthy, other.Island, other.Total, other.MostFreeMilli)) > 0;
}
