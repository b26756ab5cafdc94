using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>
/// Whether a look at the last picture of the fleet is enough to let a job in: its queue exists and could hold each task, and each task asks for
/// nothing but room that some node has, were it empty. Of everything else the regions are asked themselves.
/// </summary>
internal static class PlainlyFits
{
    public static bool Of(JobSpec spec, RegionId owner, IReadOnlyList<FleetPicture.RegionAnswer> fleet)
    {
        var queues = fleet.FirstOrDefault(r => r.Region == owner)?.View?.Queues;
        if (queues is not { IsDefault: false } told || told.FirstOrDefault(q => q.Name == spec.Queue) is not { } queue) return false;
        foreach (var group in spec.Groups)
        {
            var template = group.Template;
            if (template.IsGang || !template.NodeSelector.IsEmpty || !template.Constraints.IsDefaultOrEmpty || IsBeyond(queue, template.Demand) || !HasNode(template, fleet)) return false;
        }

        return true;
    }

    private static bool IsBeyond(QueueView queue, Demand demand)
    {
        var devices = demand.NeedsDevices ? demand.DeviceAsks().Max(a => (long)a.Count * a.ShareMilli) : 0;
        foreach (var ceiling in queue.Ceilings)
        {
            var asked = ceiling.Kind.ToUpperInvariant() switch { "CPU" => demand.Capacity.MilliCpu, "MEMORY" => demand.Capacity.MemoryBytes, _ => devices };
            if (asked > ceiling.Most) return true;
        }

        return false;
    }

    private static bool HasNode(TaskTemplate template, IReadOnlyList<FleetPicture.RegionAnswer> fleet)
    {
        foreach (var region in fleet)
        {
            if (!(template.Regions.IsDefaultOrEmpty || template.Regions.Contains(region.Region)) || Avoids(template, region.Region.Value)
                || template.Residency?.Allows(region.Region) == false) continue;
            foreach (var node in region.View?.Nodes ?? [])
            {
                if (node.Taints.IsDefaultOrEmpty && !Avoids(template, node.Node.ToString()) && node.Total.Fits(template.Demand.Capacity) && Enforces(node, template.Demand) && HasDevices(node, template.Demand)) return true;
            }
        }

        return false;
    }

    private static bool Avoids(TaskTemplate template, string place) => !template.Avoid.IsDefaultOrEmpty && template.Avoid.Contains(place);

    private static bool Enforces(NodeView node, Demand demand) => (node.Isolation & demand.Isolation) == demand.Isolation;

    /// <summary>Whether the node, with every device free and in health, could fill one way of the demand.</summary>
    private static bool HasDevices(NodeView node, Demand demand)
    {
        if (!demand.NeedsDevices) return true;
        foreach (var ask in demand.DeviceAsks())
        {
            if (ask.MinDriver is { } driver && !DottedVersion.IsAtLeast(node.DriverVersion, driver)) continue;
            var alike = (node.Devices.IsDefault ? [] : node.Devices).Select(d => d.Device).Where(d => Looks(ask, d))
                .GroupBy(d => (d.Model, d.Emulated, Island: ask is { OneIsland: true, Count: > 1 } ? d.Island ?? -1 : 0));
            if (alike.Any(g => g.Key.Island >= 0 && g.Count() >= ask.Count)) return true;
        }

        return false;
    }

    private static bool Looks(DeviceAsk ask, Device d) =>
        d.Kind == ask.Kind && !d.MigMode && d.MemoryBytes >= ask.MemoryBytes
        && (ask.Models.IsDefaultOrEmpty || ask.Models.Contains(d.Model, StringComparer.OrdinalIgnoreCase))
        && string.Equals(d.IsInstance ? d.MigProfile ?? "" : null, ask.MigProfile, StringComparison.OrdinalIgnoreCase)
        && (ask.MinComputeCapability is not { } least || d.ComputeCapability >= least);
}
