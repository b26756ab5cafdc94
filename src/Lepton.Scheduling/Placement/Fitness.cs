using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;

namespace Lepton.Scheduling.Placement;

/// <summary>Whether a task could ever run somewhere.</summary>
/// <param name="IsPossible">False only when every allowed region is known and none has a node large enough.</param>
/// <param name="Evidence">What was asked and the nearest there is, in numbers; empty when it is possible.</param>
/// <param name="Hint">The smallest change that would make it possible; empty when it is possible.</param>
public sealed record CanEverFit(bool IsPossible, string Evidence, string Hint);

/// <summary>The question asked before a job is accepted: what can never fit is refused at once, with the nearest shape.</summary>
public static class Fitness
{
    private static readonly CanEverFit Yes = new(true, "", "");

    /// <param name="group">The group of tasks; each of its inputs may pin it elsewhere.</param>
    /// <param name="views">What regions said of themselves; other regions are taken from the peers they saw.</param>
    /// <param name="fleet">All regions.</param>
    /// <remarks>Doubt speaks for the task: a region that nobody has heard, or that knows no node yet, may fit it.</remarks>
    public static CanEverFit Of(TaskGroup group, IReadOnlyList<RegionView> views, ImmutableArray<RegionId> fleet)
    {
        var inputs = group.Inputs.IsDefaultOrEmpty ? [null] : group.Inputs.DistinctBy(i => (i.Region, i.IsFile())).Cast<InputRef?>();
        foreach (var input in inputs)
        {
            var answer = Of(TaskShape.Of(group.Template, input, fleet), group.Name, views, fleet);
            if (!answer.IsPossible) return answer;
        }

        return Yes;
    }

    private static CanEverFit Of(TaskShape shape, string name, IReadOnlyList<RegionView> views, ImmutableArray<RegionId> fleet)
    {
        if (shape.Allowed.IsEmpty)
        {
            return new(
                false,
                shape.PinnedTo is { } pin
                    ? $"Task {name} has an input file in {pin}, where it may not run; the fleet is {string.Join(", ", fleet)}."
                    : $"Task {name} may run in none of the {fleet.Length} regions of the fleet: {string.Join(", ", fleet)}.",
                "Change its regions, what it avoids, or its input.");
        }

        var nearest = Capacity.Zero;
        foreach (var region in shape.Allowed)
        {
            foreach (var size in SizesOf(region, shape, views))
            {
                if (size is not { } known || (!shape.Demand.NeedsDevices && known.Fits(shape.Demand.Capacity))) return Yes;
                if (OwnRegion.Covers(shape.Demand.Capacity, known) > OwnRegion.Covers(shape.Demand.Capacity, nearest)) nearest = known;
            }
        }

        return new(
            false,
            $"Task {name} asks {Wording.Asked(shape.Demand)}; the nearest node in {OwnRegion.Names(shape.Allowed)} has {nearest} in all.",
            $"Maybe {Wording.Shrink(shape.Demand, nearest)}.");
    }

    /// <summary>Sizes of a region's nodes; null where it is not known.</summary>
    private static IEnumerable<Capacity?> SizesOf(RegionId region, TaskShape shape, IReadOnlyList<RegionView> views)
    {
        if (views.FirstOrDefault(v => v.Summary.Region == region) is { } view)
        {
            if (view.Nodes.IsEmpty) return [null];
            return view.Nodes.Where(n => !shape.AvoidedNodes.Contains(n.Node)).Select(n => n.Total == Capacity.Zero ? (Capacity?)null : n.Total);
        }

        var summary = views.SelectMany(v => v.Peers).Where(p => p.Region == region).Select(p => p.Summary)
            .Where(s => s is not null).MaxBy(s => (s!.RegionEpoch, s.Sequence));
        if (summary is null || summary.Nodes == 0) return [null];
        return summary.NodeSizes.IsDefaultOrEmpty ? [summary.LargestNode] : summary.NodeSizes.Select(size => (Capacity?)size);
    }
}
