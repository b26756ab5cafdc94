using Lepton.Model;

namespace Lepton.Scheduling.Queueing.FairShare;

/// <summary>What a demand counts as in the kinds that queues share.</summary>
/// <remarks>
/// Devices count under their kind (<c>gpu</c>) and, where only one model will do, under that model too. Of several ways to fill a need the largest
/// counts; of a range its lower end.
/// </remarks>
internal static class Amounts
{
    public static long[] Of(Demand demand, ResourceKinds kinds)
    {
        var devices = demand.DeviceAsks();
        var most = 0L;
        foreach (var ask in devices) most = Math.Max(most, (long)ask.Count * ask.ShareMilli);
        int? kind = devices.IsEmpty ? null : kinds.NumberOf(devices[0].Kind.ToString());
        int? model = OnlyModel(devices) is { } name ? kinds.NumberOf(name) : null;
        var amounts = new long[kinds.Count];
        (amounts[ResourceKinds.Cpu], amounts[ResourceKinds.Memory]) = (demand.Capacity.MilliCpu, demand.Capacity.MemoryBytes);
        if (kind is { } k) amounts[k] = most;
        if (model is { } m) amounts[m] = most;
        return amounts;
    }

    /// <summary>All there is of each kind on a node.</summary>
    public static void AddAll(NodeSpec spec, ResourceKinds kinds, List<long> totals)
    {
        Add(totals, ResourceKinds.Cpu, spec.Capacity.MilliCpu);
        Add(totals, ResourceKinds.Memory, spec.Capacity.MemoryBytes);
        foreach (var device in spec.Devices.IsDefault ? [] : spec.Devices)
        {
            if (device.MigMode) continue;       // its instances are what is placed on
            Add(totals, kinds.NumberOf(device.Kind.ToString()), DeviceAsk.Whole);
            Add(totals, kinds.NumberOf(device.Model), DeviceAsk.Whole);
        }
    }

    private static void Add(List<long> totals, int kind, long amount)
    {
        while (totals.Count <= kind) totals.Add(0);
        totals[kind] += amount;
    }

    private static string? OnlyModel(System.Collections.Immutable.ImmutableArray<DeviceAsk> asks)
    {
        string? only = null;
        foreach (var ask in asks)
        {
            if (ask.Models.IsDefault || ask.Models.Length != 1 || (only is not null && only != ask.Models[0])) return null;
            only = ask.Models[0];
        }

        return only;
    }
}
