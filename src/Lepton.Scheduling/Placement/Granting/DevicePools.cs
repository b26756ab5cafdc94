using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>A region's devices as other regions may know them: counted by what they look like.</summary>
internal static class DevicePools
{
    /// <summary>Pools a summary names at most; the largest stay.</summary>
    private const int Limit = 64;

    /// <remarks>Cost: O(devices).</remarks>
    public static ImmutableArray<DevicePool> Of(IEnumerable<NodeEntry> nodes)
    {
        Dictionary<(DeviceKind, string, string?, long, ComputeCapability?, bool), DevicePool>? pools = null;
        foreach (var node in nodes)
        {
            if (node.Devices.IsEmpty || node.Phase == NodePhase.Lost) continue;
            foreach (var group in node.Devices.Groups)
            {
                pools ??= [];
                var key = DeviceGroup.KeyOf(group.Looks);
                if (!pools.TryGetValue(key, out var pool))
                {
                    var d = group.Looks;
                    pool = new DevicePool(d.Kind, d.Model, d.MemoryBytes, group.MigProfile, d.ComputeCapability, d.Emulated, 0, 0, 0, 0, 0, 0, 0, 0, null, IsolationAbilities.None);
                }

                pools[key] = Add(pool, node, group);
            }
        }

        return pools is null ? [] : [.. pools.Values.OrderByDescending(p => p.Total).ThenBy(p => p.Model, StringComparer.Ordinal).ThenBy(p => p.MigProfile, StringComparer.Ordinal).ThenBy(p => p.MemoryBytes).Take(Limit)];
    }

    private static DevicePool Add(DevicePool pool, NodeEntry node, DeviceGroup group)
    {
        var spec = node.Spec!;
        var unhealthy = 0;
        foreach (var device in group.Devices)
        {
            if (!device.IsHealthy) unhealthy++;
        }

        pool = pool with
        {
            Unhealthy = pool.Unhealthy + unhealthy,
            Total = pool.Total + group.Devices.Length,
            MostOnNode = Math.Max(pool.MostOnNode, group.Devices.Length),
            LargestIsland = Math.Max(pool.LargestIsland, DeviceFit.MostOnOneIsland(group, freeOnly: false)),
            Driver = spec.DriverVersion is { } driver && (pool.Driver is null || DottedVersion.IsAtLeast(driver, pool.Driver)) ? driver : pool.Driver,
            Isolation = pool.Isolation | spec.Isolation,
        };
        if (node.Phase != NodePhase.Ready) return pool;
        var (whole, milli, share) = (0, 0L, 0);
        foreach (var device in group.Devices)
        {
            if (device.IsFreeWhole) whole++;
            milli += device.FreeMilli;
            share = Math.Max(share, device.FreeMilli);
        }

        return pool with
        {
            FreeWhole = pool.FreeWhole + whole,
            FreeMilli = pool.FreeMilli + milli,
            MostFreeOnNode = Math.Max(pool.MostFreeOnNode, whole),
            LargestFreeIsland = Math.Max(pool.LargestFreeIsland, DeviceFit.MostOnOneIsland(group, freeOnly: true)),
            LargestFreeShare = Math.Max(pool.LargestFreeShare, share),
        };
    }
}
