using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>
/// Whether a demand is larger than every node there is. Doubt speaks for the job: a region that does not answer, or that knows no node yet,
/// may fit it.
/// </summary>
internal static class NeverFits
{
    /// <summary>Null when every group may fit somewhere; else the refusal for the first that never can.</summary>
    public static LeptonException? Of(JobSpec spec, IReadOnlyList<FleetPicture.RegionAnswer> fleet)
    {
        foreach (var group in spec.Groups)
        {
            if (LargestIfTooSmall(group.Template, fleet) is not { } largest) continue;
            var asked = group.Template.Demand.Capacity;
            var where = string.Join(", ", Allowed(group.Template, fleet).Select(r => r.Region));
            if (largest.Total.Fits(asked))
            {
                return LeptonException.Of(
                    ProblemCodes.NeverFits,
                    $"Task {group.Name} asks {group.Template.Demand}; no node in {where} has that: {DevicesOf(group.Template, fleet)}.",
                    "Maybe ask for devices that a node has, or for fewer.");
            }

            return LeptonException.Of(
                ProblemCodes.NeverFits,
                $"Task {group.Name} asks {asked}; the largest node in {where} is {largest.Node} with {largest.Total} in all.",
                Hint(asked, largest.Total));
        }

        return null;
    }

    private static IEnumerable<FleetPicture.RegionAnswer> Allowed(TaskTemplate template, IReadOnlyList<FleetPicture.RegionAnswer> fleet) =>
        fleet.Where(r => (template.Regions.IsDefaultOrEmpty || template.Regions.Contains(r.Region)) && !Avoids(template, r.Region.Value)
            && template.Residency?.Allows(r.Region) != false);

    private static bool Avoids(TaskTemplate template, string place) => !template.Avoid.IsDefaultOrEmpty && template.Avoid.Contains(place);

    private static NodeView? LargestIfTooSmall(TaskTemplate template, IReadOnlyList<FleetPicture.RegionAnswer> fleet)
    {
        var asked = template.Demand.Capacity;
        var avoided = template.Avoid.IsDefaultOrEmpty ? [] : template.Avoid.ToHashSet(StringComparer.Ordinal);
        NodeView? largest = null;
        foreach (var region in Allowed(template, fleet))
        {
            var known = region.View?.Nodes.Where(n => avoided.Count == 0 || !avoided.Contains(n.Node.ToString())).ToList();
            if (known is null or { Count: 0 }) return null;
            foreach (var node in known)
            {
                if (node.Total == Capacity.Zero || (node.Total.Fits(asked) && HasDevices(node, template.Demand))) return null;
                if (largest is null || Nearness(node.Total, asked) > Nearness(largest.Total, asked)) largest = node;
            }
        }

        return largest;
    }

    /// <summary>Whether the node, with every device free and in health, could fill one way of the demand.</summary>
    private static bool HasDevices(NodeView node, Demand demand)
    {
        if (!demand.NeedsDevices || node.DevicesFault is not null) return true;
        foreach (var ask in demand.DeviceAsks())
        {
            if (ask.MinDriver is { } driver && !DottedVersion.IsAtLeast(node.DriverVersion, driver)) continue;
            var alike = Told(node).Where(d => Looks(ask, d)).GroupBy(d => (d.Model, d.Emulated, Island: ask is { OneIsland: true, Count: > 1 } ? d.Island ?? -1 : 0));
            if (alike.Any(g => g.Key.Island >= 0 && g.Count() >= ask.Count)) return true;
        }

        return false;
    }

    private static bool Looks(DeviceAsk ask, Device d) =>
        d.Kind == ask.Kind && !d.MigMode && d.MemoryBytes >= ask.MemoryBytes
        && (ask.Models.IsDefaultOrEmpty || ask.Models.Contains(d.Model, StringComparer.OrdinalIgnoreCase))
        && string.Equals(d.IsInstance ? d.MigProfile ?? "" : null, ask.MigProfile, StringComparison.OrdinalIgnoreCase)
        && (ask.MinComputeCapability is not { } least || d.ComputeCapability >= least);

    private static IEnumerable<Device> Told(NodeView node) => (node.Devices.IsDefault ? [] : node.Devices).Select(d => d.Device);

    /// <summary>The most of each model that one node has.</summary>
    private static string DevicesOf(TaskTemplate template, IReadOnlyList<FleetPicture.RegionAnswer> fleet)
    {
        var most = Allowed(template, fleet).SelectMany(r => r.View!.Nodes).SelectMany(n => Told(n).GroupBy(d => d.IsInstance ? $"{d.Model} MIG {d.MigProfile}" : d.Model))
            .GroupBy(g => g.Key).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Max(d => d.Count())} {g.Key}").ToList();
        return most.Count == 0 ? "none has devices" : $"the most on one node are {string.Join(", ", most)}";
    }

    /// <summary>The smaller of the two parts that a node covers of what is asked.</summary>
    private static double Nearness(Capacity total, Capacity asked) => Math.Min(
        asked.MilliCpu == 0 ? 1 : (double)total.MilliCpu / asked.MilliCpu,
        asked.MemoryBytes == 0 ? 1 : (double)total.MemoryBytes / asked.MemoryBytes);

    private static string Hint(Capacity asked, Capacity largest)
    {
        var less = new List<string>();
        if (asked.MilliCpu > largest.MilliCpu) less.Add(FormattableString.Invariant($"{largest.MilliCpu / 1000.0:0.###} cpus"));
        if (asked.MemoryBytes > largest.MemoryBytes) less.Add(FormattableString.Invariant($"{largest.MemoryBytes >> 20} MiB of memory"));
        return $"Maybe ask for {string.Join(" and ", less)}, or split the task.";
    }
}
