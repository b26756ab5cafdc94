using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.StateMachines.Jobs;

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

        return group.Template.IsGang ? Together(TaskShape.Of(group.Template, null, fleet), group, views, fleet) : Yes;
    }

    /// <summary>Whether some allowed region, were it empty, could hold all members of a gang at the same time. Devices are not counted here: doubt speaks for the task.</summary>
    private static CanEverFit Together(TaskShape shape, TaskGroup group, IReadOnlyList<RegionView> views, ImmutableArray<RegionId> fleet)
    {
        var size = group.Template.GangSize;
        var (most, where) = (0L, shape.Allowed[0]);
        foreach (var region in shape.Allowed)
        {
            long members;
            if (views.FirstOrDefault(v => v.Summary.Region == region) is { } view)
            {
                if (view.Nodes.IsEmpty || view.Nodes.Any(n => n.Total == Capacity.Zero)) return Yes;
                members = view.Nodes.Where(n => !shape.AvoidedNodes.Contains(n.Node)).Sum(n => Times(n.Total, shape.Demand.Capacity));
            }
            else if (SummaryOf(region, views) is { Nodes: > 0 } summary)
            {
                members = Times(summary.Total, shape.Demand.Capacity);
            }
            else
            {
                return Yes;
            }

            if (members >= size) return Yes;
            if (members > most) (most, where) = (members, region);
        }

        return new(
            false,
            $"Task {group.Name} asks {size} members of {Wording.Asked(shape.Demand)} at the same time in one region; {where}, the nearest, holds {most} in all.",
            most == 0 ? "Maybe ask less for each member." : $"Maybe ask for {most} members, or less for each.");
    }

    private static long Times(Capacity total, Capacity asked) =>
        Math.Min(asked.MilliCpu <= 0 ? int.MaxValue : total.MilliCpu / asked.MilliCpu, asked.MemoryBytes <= 0 ? int.MaxValue : total.MemoryBytes / asked.MemoryBytes);

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
        DeviceTally? tally = null;
        var pools = new List<RegionSummary>();
        var (ruledOut, ruledOutIn) = (new List<NodeEntry>(), new List<RegionSummary>());
        foreach (var region in shape.Allowed)
        {
            if (views.FirstOrDefault(v => v.Summary.Region == region) is { } view)
            {
                if (view.Nodes.IsEmpty) return Yes;
                foreach (var node in view.Nodes.Where(n => !shape.AvoidedNodes.Contains(n.Node)))
                {
                    if (node.Total == Capacity.Zero) return Yes;
                    if (EntryOf(node) is var entry && !shape.Rules.HoldOn(entry))
                    {
                        ruledOut.Add(entry);
                        continue;
                    }

                    if (Nearer(shape, node.Total, nearest)) nearest = node.Total;
                    var devices = shape.NeedsDevices ? DeviceTally.Of(shape, EntryOf(node)) : null;
                    if (devices is null or { Miss: > DeviceMiss.Interconnect } && node.Total.Fits(shape.Demand.Capacity)) return Yes;
                    if (devices?.IsNearerThan(tally) == true) tally = devices;
                }
            }
            else if (SummaryOf(region, views) is { Nodes: > 0 } summary)
            {
                if (!shape.Rules.MayHoldIn(summary))
                {
                    ruledOutIn.Add(summary);
                    continue;
                }

                var hasDevices = PeerBook.HasDevices(summary, shape.Demand);
                foreach (var size in summary.NodeSizes.IsDefaultOrEmpty ? [summary.LargestNode] : summary.NodeSizes)
                {
                    if (hasDevices && size.Fits(shape.Demand.Capacity)) return Yes;
                    if (Nearer(shape, size, nearest)) nearest = size;
                }

                if (!hasDevices) pools.Add(summary);
            }
            else
            {
                return Yes;
            }
        }

        if (ruledOut.Count + ruledOutIn.Count > 0 && (nearest == Capacity.Zero || ruledOut.Exists(n => OwnRegion.IsLargeEnough(shape, n)))) return AgainstRules(shape, name, ruledOut, ruledOutIn);
        return tally is { Miss: <= DeviceMiss.Interconnect } or null && shape.NeedsDevices && (tally is not null || pools.Count > 0)
            ? NoDevices(shape, name, tally, pools)
            : new(
                false,
                $"Task {name} asks {Wording.Asked(shape.Demand)}; the nearest node in {OwnRegion.Names(shape.Allowed)} has {nearest} in all.",
                $"Maybe {Wording.Shrink(shape.Demand, nearest)}.");
    }

    private static CanEverFit AgainstRules(TaskShape shape, string name, List<NodeEntry> nodes, List<RegionSummary> regions)
    {
        var here = nodes.Count == 0 ? [] : new[] { RuleWording.Misses(shape.Rules, nodes) };
        var elsewhere = regions.Select(r => $"{Wording.Count(r.Nodes, "node")} of {r.Region}: {RuleWording.Why(shape.Rules, r)}");
        return new(
            false,
            $"Task {name} asks {RuleWording.Nodes(shape.Rules)}; {string.Join("; ", here.Concat(elsewhere))}.",
            "Maybe change nodeSelector, constraints or tolerations, or start an agent with such labels (--label) or without taints.");
    }

    private static CanEverFit NoDevices(TaskShape shape, string name, DeviceTally? tally, List<RegionSummary> pools)
    {
        var there = tally is null ? [] : new[] { DeviceWording.Nearest(tally) };
        var elsewhere = pools.Select(p => $"{p.Region} has {DeviceWording.Pools(p, shape.Demand, free: false)}");
        return new(
            false,
            $"Task {name} asks {Wording.Asked(shape.Demand)}; {string.Join("; ", there.Concat(elsewhere))}.",
            $"Maybe {(tally is null ? "ask for devices that the regions have, or for fewer" : DeviceWording.Help(tally))}.");
    }

    private static bool Nearer(TaskShape shape, Capacity size, Capacity nearest) =>
        OwnRegion.Covers(shape.Demand.Capacity, size) > OwnRegion.Covers(shape.Demand.Capacity, nearest);

    /// <summary>A node of a region's picture as if nothing ran on it and all its devices were well.</summary>
    private static NodeEntry EntryOf(NodeView view)
    {
        var devices = view.Devices.IsDefault ? [] : view.Devices;
        var entry = new NodeEntry(view.Node);
        entry.Respecify(new NodeSpec(view.Total, [.. devices.Select(d => d.Device)], view.Labels ?? ImmutableSortedDictionary<string, string>.Empty, view.AgentVersion)
        {
            DriverVersion = view.DriverVersion,
            Isolation = view.Isolation,
            Taints = view.Taints.OrEmpty(),
        });
        entry.Devices.Apply([.. devices.Select(d => d.State with { Phase = DevicePhase.Healthy })]);
        return entry;
    }

    private static RegionSummary? SummaryOf(RegionId region, IReadOnlyList<RegionView> views) =>
        views.SelectMany(v => v.Peers).Where(p => p.Region == region).Select(p => p.Summary).Where(s => s is not null).MaxBy(s => (s!.RegionEpoch, s.Sequence));
}
