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
            return LeptonException.Of(
                ProblemCodes.NeverFits,
                $"Task {group.Name} asks {asked}; the largest node in {where} is {largest.Node} with {largest.Total} in all.",
                Hint(asked, largest.Total));
        }

        return null;
    }

    private static IEnumerable<FleetPicture.RegionAnswer> Allowed(TaskTemplate template, IReadOnlyList<FleetPicture.RegionAnswer> fleet) =>
        fleet.Where(r => (template.Regions.IsDefaultOrEmpty || template.Regions.Contains(r.Region)) && !Avoids(template, r.Region.Value));

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
                if (node.Total == Capacity.Zero || node.Total.Fits(asked)) return null;
                if (largest is null || Nearness(node.Total, asked) > Nearness(largest.Total, asked)) largest = node;
            }
        }

        return largest;
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
