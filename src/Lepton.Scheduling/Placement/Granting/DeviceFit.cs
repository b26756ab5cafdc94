using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>How near a node comes to a need for devices.</summary>
/// <remarks>Cost: O(ways × devices of the node). Nothing allocated.</remarks>
internal static class DeviceFit
{
    /// <summary>The nearest miss over all ways.</summary>
    public static DeviceMiss Judge(TaskShape shape, NodeEntry node)
    {
        var nearest = DeviceMiss.DeviceKind;
        foreach (var way in shape.Ways)
        {
            var miss = Judge(way.Ask, node);
            if (miss > nearest) nearest = miss;
        }

        return nearest;
    }

    public static DeviceMiss Judge(DeviceAsk ask, NodeEntry node)
    {
        var nearest = DeviceMiss.DeviceKind;
        foreach (var group in node.Devices.Groups)
        {
            var miss = Judge(ask, node, group);
            if (miss > nearest) nearest = miss;
        }

        return nearest;
    }

    /// <summary>True when the empty node, with every device in health, could fill the need.</summary>
    public static bool CouldEverFit(TaskShape shape, NodeEntry node) => Judge(shape, node) > DeviceMiss.Interconnect;

    /// <summary>Whether some of a region's devices, by its own word, could ever fill a way.</summary>
    public static bool CouldEverFit(DeviceAsk ask, DevicePool pool) =>
        Looks(ask, pool) && (ask.OneIsland && ask.Count > 1 ? pool.LargestIsland : pool.MostOnNode) >= ask.Count;

    /// <summary>Whether they could now, less what was sent there since.</summary>
    public static bool HasRoom(DeviceAsk ask, DevicePool pool, long sentMilli) =>
        Looks(ask, pool)
        && pool.FreeMilli - sentMilli >= (long)ask.Count * ask.ShareMilli
        && (ask.IsShare ? pool.LargestFreeShare >= ask.ShareMilli
            : (ask.OneIsland && ask.Count > 1 ? pool.LargestFreeIsland : pool.MostFreeOnNode) >= ask.Count);

    private static bool Looks(DeviceAsk ask, DevicePool pool) =>
        DeviceMatch.OfLooks(ask, pool.Kind, pool.Model, pool.MigProfile, pool.MemoryBytes, pool.ComputeCapability) == DeviceMisfit.None
        && DeviceMatch.OfNode(ask, pool.Driver, pool.Isolation) == DeviceMisfit.None;

    private static DeviceMiss Judge(DeviceAsk ask, NodeEntry node, DeviceGroup group)
    {
        var looks = DeviceMatch.OfLooks(ask, group.Looks.Kind, group.Looks.Model, group.MigProfile, group.Looks.MemoryBytes, group.Looks.ComputeCapability);
        if (looks == DeviceMisfit.None) looks = DeviceMatch.OfNode(ask, node.Spec?.DriverVersion, node.Spec?.Isolation ?? IsolationAbilities.None);
        if (looks != DeviceMisfit.None) return (DeviceMiss)(looks - 1);
        if (group.Devices.Length < ask.Count) return DeviceMiss.DeviceCount;
        var island = ask.OneIsland && ask.Count > 1;
        if (island && MostOnOneIsland(group, freeOnly: false) < ask.Count) return DeviceMiss.Interconnect;
        var (healthy, free) = (0, 0);
        foreach (var device in group.Devices)
        {
            if (!device.IsHealthy) continue;
            healthy++;
            if (Takes(ask, device)) free++;
        }

        if (healthy < ask.Count) return DeviceMiss.DeviceHealth;
        if (free < ask.Count) return DeviceMiss.FreeDevices;
        return island && MostOnOneIsland(group, freeOnly: true) < ask.Count ? DeviceMiss.FreeIsland : DeviceMiss.None;
    }

    /// <summary>Whether a device has so much free.</summary>
    public static bool Takes(DeviceAsk ask, DeviceEntry device) => ask.IsShare
        ? device.FreeMilli >= ask.ShareMilli && device.FreeMemory >= ask.MemoryOn(device.Device!)
        : device.IsFreeWhole;

    /// <summary>How many tasks with this ask a node has room for now, each given as many devices as it may take.</summary>
    public static int Rooms(DeviceAsk ask, NodeEntry node)
    {
        var rooms = 0;
        foreach (var group in node.Devices.Groups)
        {
            if (Looks(ask, node, group)) rooms += ask.IsShare ? Shares(ask, group) : Wholes(ask, group);
        }

        return rooms;
    }

    private static bool Looks(DeviceAsk ask, NodeEntry node, DeviceGroup group) =>
        DeviceMatch.OfLooks(ask, group.Looks.Kind, group.Looks.Model, group.MigProfile, group.Looks.MemoryBytes, group.Looks.ComputeCapability) == DeviceMisfit.None
        && DeviceMatch.OfNode(ask, node.Spec?.DriverVersion, node.Spec?.Isolation ?? IsolationAbilities.None) == DeviceMisfit.None;

    private static int Shares(DeviceAsk ask, DeviceGroup group)
    {
        var shares = 0L;
        foreach (var device in group.Devices)
        {
            var memory = ask.MemoryOn(device.Device!);
            shares += Math.Min(device.FreeMilli / ask.ShareMilli, memory > 0 ? device.FreeMemory / memory : int.MaxValue);
        }

        return (int)Math.Min(int.MaxValue, shares);
    }

    private static int Wholes(DeviceAsk ask, DeviceGroup group)
    {
        var (free, rooms) = (0, 0);
        var linked = ask.OneIsland && ask.Count > 1;
        for (var i = 0; i < group.Devices.Length; i++)
        {
            var device = group.Devices[i];
            if (device.IsFreeWhole) free++;
            if (linked && device.Device!.Island is { } island && IsFirstOf(group, island, i)) rooms += Times(ask, OnIsland(group, island, freeOnly: true));
        }

        return linked ? rooms : Times(ask, free);
    }

    private static int Times(DeviceAsk ask, int free) => (free / ask.Most) + (free % ask.Most >= ask.Count ? 1 : 0);

    private static bool IsFirstOf(DeviceGroup group, int island, int at)
    {
        for (var i = 0; i < at; i++)
        {
            if (group.Devices[i].Device!.Island == island) return false;
        }

        return true;
    }

    public static int MostOnOneIsland(DeviceGroup group, bool freeOnly)
    {
        var most = 0;
        foreach (var device in group.Devices)
        {
            if (device.Device!.Island is { } island) most = Math.Max(most, OnIsland(group, island, freeOnly));
        }

        return most;
    }

    public static int OnIsland(DeviceGroup group, int? island, bool freeOnly)
    {
        var count = 0;
        foreach (var device in group.Devices)
        {
            if (device.Device!.Island == island && (!freeOnly || device.IsFreeWhole)) count++;
        }

        return count;
    }
}
