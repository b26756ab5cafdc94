using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Explaining;

/// <summary>Devices that are missing, in numbers, and the smallest change that would help.</summary>
internal static class DeviceWording
{
    /// <summary>What the node that comes nearest has.</summary>
    public static string Nearest(DeviceTally t) => t.Miss switch
    {
        DeviceMiss.DeviceKind => $"no node has a {t.Ask.Kind.ToString().ToUpperInvariant()}",
        DeviceMiss.DeviceModel => $"the nearest, {t.Node.Id}, has {Has(t.Node, t.Ask.Kind)}",
        DeviceMiss.MigProfile => $"the nearest, {t.Node.Id}, has {Has(t.Node, t.Ask.Kind)}",
        DeviceMiss.DeviceMemory => $"the nearest, {t.Node.Id}, has {Has(t.Node, t.Ask.Kind)} with {Gibibytes(t)} at most",
        DeviceMiss.ComputeCapability => $"the nearest, {t.Node.Id}, has compute capability {Capability(t)}",
        DeviceMiss.Driver => $"the nearest, {t.Node.Id}, runs driver {t.Node.Spec?.DriverVersion ?? "none"}",
        DeviceMiss.Isolation => $"the nearest, {t.Node.Id}, enforces {IsolationText.Of(t.Node.Spec?.Isolation ?? IsolationAbilities.None)}",
        DeviceMiss.DeviceCount => $"the nearest, {t.Node.Id}, has {t.Total} in all",
        DeviceMiss.Interconnect => $"the nearest, {t.Node.Id}, has {t.Total}, at most {t.Island} on one island",
        DeviceMiss.DeviceHealth => $"the nearest, {t.Node.Id}, has {t.Total}, {t.Healthy} of them healthy{Trouble(t.Node)}",
        DeviceMiss.FreeDevices when t.Ask.IsShare => string.Create(CultureInfo.InvariantCulture, $"the nearest, {t.Node.Id}, has {t.MostFreeMilli / 1000.0:0.###} free on one device"),
        DeviceMiss.FreeDevices => $"the nearest, {t.Node.Id}, has {t.Free} free of {t.Total}{(t.Healthy < t.Total ? $" ({t.Total - t.Healthy} not healthy)" : "")}",
        DeviceMiss.FreeIsland => $"the nearest, {t.Node.Id}, has {t.Free} free, at most {t.FreeIsland} on one island",
        _ => $"{t.Node.Id} has {t.Free} free",
    };

    public static string Help(DeviceTally t) => t.Miss switch
    {
        DeviceMiss.DeviceKind => "add a node with such devices, or allow other regions",
        DeviceMiss.DeviceModel => $"ask for {Has(t.Node, t.Ask.Kind)}, or name no model",
        DeviceMiss.MigProfile => t.Ask.MigProfile is null ? "ask for a MIG profile that the node has" : "ask for a profile that the node has, or for no MIG instance",
        DeviceMiss.DeviceMemory => $"ask for at most {Gibibytes(t)} of device memory",
        DeviceMiss.ComputeCapability => $"ask for compute capability {Capability(t)} or lower",
        DeviceMiss.Driver => $"ask for driver {t.Node.Spec?.DriverVersion ?? "none"} or older, or update the node",
        DeviceMiss.Isolation => "ask for less isolation, or use a node that enforces it",
        DeviceMiss.DeviceCount => $"ask for at most {t.Total}, or split the task",
        DeviceMiss.Interconnect => t.Island > 0 ? $"ask for at most {t.Island} on one island, or for any interconnect" : "ask for any interconnect",
        DeviceMiss.DeviceHealth => t.Healthy > 0 ? $"wait for the devices, or ask for at most {t.Healthy}" : "wait for the devices, or ask for another model",
        DeviceMiss.FreeIsland => t.FreeIsland > 0 ? $"wait, ask for at most {t.FreeIsland}, or for any interconnect" : "wait, or ask for any interconnect",
        _ when t.Ask.IsShare => "wait until a task ends, or ask for a smaller part",
        _ => t.Free > 0 ? $"wait until a task ends, or ask for at most {t.Free}" : "wait until a task ends, or ask for another model",
    };

    /// <summary>The devices that another region tells of, as far as they are of the kind asked.</summary>
    public static string Pools(RegionSummary summary, Demand demand, bool free)
    {
        var kind = demand.DeviceAsks()[0].Kind;
        var pools = (summary.Devices.IsDefault ? [] : summary.Devices).Where(p => p.Kind == kind).ToList();
        return pools.Count == 0
            ? $"no {kind.ToString().ToUpperInvariant()}"
            : string.Join(", ", pools.Select(p => $"{(free ? p.FreeWhole : p.Total)} {p.Model}{(p.MigProfile is null ? "" : $" MIG {p.MigProfile}")}{(free ? " free" : $" (at most {p.MostOnNode} on a node)")}"));
    }

    /// <summary>What stands against the devices that are not healthy, the first of them.</summary>
    private static string Trouble(NodeEntry node)
    {
        foreach (var device in node.Devices.Told)
        {
            if (device is { IsHealthy: false, State: { } state }) return $": {device.Uuid} is {state.Phase}{(state.Why is null ? "" : $" ({state.Why.TrimEnd('.')})")}";
        }

        return "";
    }

    private static string Has(NodeEntry node, DeviceKind kind) => string.Join(", ", node.Devices.Groups.Where(g => g.Looks.Kind == kind)
        .Select(g => $"{g.Devices.Length} {g.Looks.Model}{(g.MigProfile is null ? "" : $" MIG {g.MigProfile}")}{(g.Looks.Emulated ? " (emulated)" : "")}"));

    private static string Gibibytes(DeviceTally t) => string.Create(
        CultureInfo.InvariantCulture, $"{t.Node.Devices.Groups.Where(g => g.Looks.Kind == t.Ask.Kind).Select(g => g.Looks.MemoryBytes).DefaultIfEmpty().Max() / 1073741824.0:0.##} GiB");

    private static string Capability(DeviceTally t) =>
        t.Node.Devices.Groups.Where(g => g.Looks.Kind == t.Ask.Kind).Select(g => g.Looks.ComputeCapability).Max()?.ToString() ?? "unknown";
}
