using System.Collections.Immutable;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>Devices and their use, from the model to the wire.</summary>
internal static class DeviceMap
{
    public static DeviceDetail Of(DeviceView v) => new()
    {
        Uuid = v.Device.Uuid,
        Kind = v.Device.Kind.ToString(),
        Model = v.Device.Model,
        MemoryBytes = v.Device.MemoryBytes,
        Emulated = v.Device.Emulated,
        State = v.State.Phase.ToString(),
        Why = v.State.Why,
        ApplicationFaults = v.State.ApplicationFaults,
        Granted = v.TakenMilli / (double)DeviceAsk.Whole,
        GrantedMemoryBytes = v.TakenMemoryBytes,
        Island = v.Device.Island,
        Parent = v.Device.ParentUuid,
        MigProfile = v.Device.MigProfile,
        ComputeCapability = v.Device.ComputeCapability?.ToString(),
    };

    public static DevicePoolDetail Of(DevicePool p) => new()
    {
        Kind = p.Kind.ToString(),
        Model = p.Model,
        MigProfile = p.MigProfile,
        MemoryBytes = p.MemoryBytes,
        ComputeCapability = p.ComputeCapability?.ToString(),
        Emulated = p.Emulated,
        Total = p.Total,
        Free = p.FreeWhole,
        Unhealthy = p.Unhealthy,
        FreeDevices = p.FreeMilli / (double)DeviceAsk.Whole,
        MostFreeOnNode = p.MostFreeOnNode,
        LargestFreeIsland = p.LargestFreeIsland,
        Driver = p.Driver,
        Isolation = Of(p.Isolation),
    };

    public static ImmutableArray<string> Of(IsolationAbilities abilities) =>
        [.. Enum.GetValues<IsolationAbilities>().Where(a => a != IsolationAbilities.None && abilities.HasFlag(a)).Select(a => a.ToString())];

    public static DeviceUsage? Of(AttemptUsage? usage) => usage is null ? null : new()
    {
        DeviceSeconds = usage.DeviceSeconds,
        Joules = usage.Joules,
        BusySeconds = usage.BusySeconds,
        IdleSeconds = usage.IdleSeconds,
        PeakMemoryBytes = usage.PeakMemoryBytes,
        Emulated = usage.Emulated,
    };
}
