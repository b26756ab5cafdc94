using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Devices;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Explaining;

/// <summary>What the own region's nodes say to a shape: exact, node by node.</summary>
/// <remarks>Cost: O(nodes × filters). Every node is either turned down by exactly one filter or fits.</remarks>
internal static class OwnRegion
{
    public static (Verdict Verdict, RegionVerdict Region) Judge(TaskShape shape, RegionId self, NodeLedger ledger)
    {
        var turnedDown = PlacementPolicies.Filters.Select(f => (f.Name, Nodes: 0)).ToArray();
        var (fitting, possible, ready, most, sum) = (0, 0, 0, Capacity.Zero, Capacity.Zero);
        var devices = shape.NeedsDevices ? new DeviceSums() : null;
        var phases = new SortedDictionary<NodePhase, int>();
        var held = new List<string>();
        foreach (var node in ledger.Nodes)
        {
            var filter = Placer.TurnedDownBy(shape, node);
            if (filter is null) fitting++;
            else turnedDown[PlacementPolicies.Filters.IndexOf(filter)].Nodes++;
            if (filter is Placement.Filters.NotHeldBack && node.Free.Fits(shape.Demand.Capacity)) held.Add($"{node.Id.Name} {node.HeldFor}");
            var tally = devices is null || !shape.Suits(node) ? null : DeviceTally.Of(shape, node);
            devices?.Add(tally);
            if (!CouldEverFit(shape, node)) continue;
            possible++;
            if (node.Phase != NodePhase.Ready)
            {
                phases[node.Phase] = phases.GetValueOrDefault(node.Phase) + 1;
                continue;
            }

            ready++;
            devices?.AddReady(tally!);
            sum += node.Free;
            if (Covers(shape.Demand.Capacity, node.Free) > Covers(shape.Demand.Capacity, most)) most = node.Free;
        }

        var verdict = Reason(shape, self, ledger, new Counted(fitting, possible, ready, ledger.Nodes.Count(n => shape.AvoidedNodes.Contains(n.Id)), most, sum, phases, devices, held));
        var refusals = turnedDown.Where(t => t.Nodes > 0).Select(t => new Refusals(t.Name, t.Nodes, Detail(t.Name, shape, ledger)));
        return (verdict, new RegionVerdict(self, verdict.Reason, verdict.Evidence, ledger.Nodes.Count, fitting, [.. refusals], TimeSpan.Zero));
    }

    public static Verdict Outside(Residency residency, RegionId region) =>
        new(PendingReason.ResidencyForbids, $"its job may be in {residency}", $"submit it with a placement.residency that allows {region}");

    /// <summary>Why it must not run away from its data; null: that is not what keeps it from the region.</summary>
    public static Verdict? NotWithData(TaskShape shape, RegionId region) => !shape.IsBoundToData || shape.Data.In(region) >= 1 ? null : new(
        PendingReason.RegionNotAllowed,
        $"must run where all of its data lie, and {(shape.Data.In(region) > 0 ? "only a part lies" : "none lies")} in {region}",
        "say placement.dataLocality.mode: prefer, or copy the data there and say so");

    /// <summary>True when the empty node could run the task.</summary>
    public static bool CouldEverFit(TaskShape shape, NodeEntry node) =>
        shape.Suits(node) && IsLargeEnough(shape, node);

    /// <summary>True when the empty node has what is asked, whatever else is against it.</summary>
    public static bool IsLargeEnough(TaskShape shape, NodeEntry node) =>
        node.Total.Fits(shape.Demand.Capacity) && (!shape.NeedsDevices || DeviceFit.CouldEverFit(shape, node));

    /// <summary>How many such tasks a node could run at once when it is empty. Of several ways to fill a need for devices the one that allows most counts.</summary>
    public static long MostOn(TaskShape shape, NodeEntry node)
    {
        var asked = shape.Demand.Capacity;
        var most = Math.Min(Times(node.Total.MilliCpu, asked.MilliCpu), Times(node.Total.MemoryBytes, asked.MemoryBytes));
        if (!shape.NeedsDevices) return most;
        long devices = 0;
        foreach (var way in shape.Ways)
        {
            long milli = 0;
            foreach (var group in node.Devices.Groups)
            {
                if (DeviceMatch.OfLooks(way.Ask, group.Looks.Kind, group.Looks.Model, group.MigProfile, group.Looks.MemoryBytes, group.Looks.ComputeCapability) == DeviceMisfit.None) milli += DeviceAsk.Whole * group.Devices.Length;
            }

            devices = Math.Max(devices, Times(milli, (long)way.Ask.Count * way.Ask.ShareMilli));
        }

        return Math.Min(most, devices);
    }

    private static long Times(long has, long asked) => asked <= 0 ? int.MaxValue : has / asked;

    private static Verdict Reason(TaskShape shape, RegionId self, NodeLedger ledger, Counted c)
    {
        var asked = Wording.Asked(shape.Demand);
        if (shape.Residency is { } residency && !residency.Allows(self)) return Outside(residency, self);
        if (!shape.Allows(self))
        {
            if (NotWithData(shape, self) is { } away) return away;
            return new(PendingReason.RegionNotAllowed, $"may run in {Names(shape.Allowed)} only", $"add {self} to the regions of the task");
        }

        if (ledger.Nodes.Count == 0)
        {
            return new(PendingReason.NoEligibleNode, $"asked {asked}; region {self} has 0 nodes", "start an agent in the region");
        }

        if (c.Possible == 0 && RuledOut(shape, ledger) is { } ruledOut) return ruledOut;
        if (c.Possible == 0 && c.Devices is { Nearest: { Miss: <= DeviceMiss.Interconnect } missing })
        {
            return new(PendingReason.Unsatisfiable, $"asked {asked}; {DeviceWording.Nearest(missing)}", DeviceWording.Help(missing));
        }

        if (c.Possible == 0)
        {
            var largest = ledger.Nodes.Where(shape.Suits).Select(n => n.Total)
                .OrderByDescending(t => Covers(shape.Demand.Capacity, t)).FirstOrDefault();
            return new(
                PendingReason.Unsatisfiable,
                $"asked {asked}; the nearest of {Wording.Count(ledger.Nodes.Count - c.Avoided, "node")} of {self} has {largest} in all{(c.Avoided > 0 ? $", {c.Avoided} more avoided" : "")}",
                Wording.Shrink(shape.Demand, largest));
        }

        if (c.Ready == 0)
        {
            return new(
                PendingReason.NoEligibleNode,
                $"asked {asked}; {Wording.Count(c.Possible, "node")} of {self} could run it: {string.Join(", ", c.Phases.Select(p => $"{p.Value} {p.Key}"))}",
                c.Phases.Keys.Any(p => p is NodePhase.Cordoned or NodePhase.Draining) ? "resume the nodes that are held (lepton node resume NAME), or wait for the others" : "wait for the nodes, or start their agents");
        }

        if (c.Fitting > 0) return new(PendingReason.BehindInQueue, $"asked {asked}; fits on {Wording.Count(c.Fitting, "node")} of {self} now", "nothing: it is placed in the order of the queue");
        if (NearWording.Judge(shape, self, ledger) is { } crowded) return crowded;
        if (c.Held.Count > 0)
        {
            return new(
                PendingReason.InsufficientCapacity,
                $"asked {asked}; {Wording.Count(c.Held.Count, "node")} of {self} have the cpus and memory and hold them for others: {string.Join(", ", c.Held.Take(3))}",
                "wait until a task ends, give it a time limit so that it may run in front of a reservation, or allow more regions");
        }

        if (c.Devices?.ReadyNearest is { Miss: not DeviceMiss.None } near) return NoDevices(asked, self, c, near);
        if (c.Ready > 1 && c.Sum.Fits(shape.Demand.Capacity))
        {
            return new(
                PendingReason.Fragmented,
                $"asked {asked}; {Wording.Count(c.Ready, "node")} of {self} have {c.Sum} free together, none alone more than {c.Most}",
                "wait until a node empties, or ask for smaller pieces");
        }

        return new(
            PendingReason.InsufficientCapacity,
            $"asked {asked}; the freest of {Wording.Count(c.Ready, "node")} of {self} that could run it has {c.Most} free",
            "wait until a task ends, ask for less, or allow more regions");
    }

    /// <summary>Nodes are large enough, but none of those is what the task asks for.</summary>
    private static Verdict? RuledOut(TaskShape shape, NodeLedger ledger)
    {
        var large = ledger.Nodes.Where(n => !shape.AvoidedNodes.Contains(n.Id) && IsLargeEnough(shape, n)).ToList();
        if ((large.Count > 0 ? large : ledger.Nodes.All(n => !shape.Suits(n)) ? ledger.Nodes : []) is not { Count: > 0 } judged) return null;
        return RuleWording.Nearest(shape.Rules, judged) is not var (node, misses) ? null : new(
            PendingReason.Unsatisfiable,
            $"asked {Wording.Asked(shape.Demand, shape.Rules)} on {RuleWording.Nodes(shape.Rules)}; {RuleWording.Misses(shape.Rules, judged)}; nearest {node.Id}: {misses}",
            RuleWording.Help(shape.Rules, judged));
    }

    /// <summary>Devices are what is missing now: sick, taken, or scattered.</summary>
    private static Verdict NoDevices(string asked, RegionId self, Counted c, DeviceTally near)
    {
        var (help, text) = (DeviceWording.Help(near), DeviceWording.Nearest(near));
        if (near.Miss == DeviceMiss.DeviceHealth) return new(PendingReason.NoEligibleNode, $"asked {asked}; {text}", help);
        var scattered = near.Ask.IsShare ? c.Devices!.FreeMilli >= near.Ask.ShareMilli : c.Devices!.Free >= near.Ask.Count;
        return scattered
            ? new(PendingReason.Fragmented, $"asked {asked}; {FreeInSum(near, c)} free on {Wording.Count(c.Ready, "node")} of {self} together; {text}", help)
            : new(PendingReason.InsufficientCapacity, $"asked {asked}; {FreeInSum(near, c)} free on {Wording.Count(c.Ready, "node")} of {self}; {text}", help);
    }

    private static string FreeInSum(DeviceTally near, Counted c) => near.Ask.IsShare
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{c.Devices!.FreeMilli / 1000.0:0.###} devices")
        : $"{Wording.Count(c.Devices!.Free, "device")}";

    private static string Detail(string filter, TaskShape shape, NodeLedger ledger)
    {
        var ready = ledger.Nodes.Where(n => n.Phase == NodePhase.Ready).Select(n => n.Free).ToList();
        return filter switch
        {
            nameof(Placement.Filters.EnoughCpu) => string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"asked {shape.Demand.Capacity.MilliCpu / 1000.0:0.###} cpus, most free {ready.Select(f => f.MilliCpu).DefaultIfEmpty().Max() / 1000.0:0.###}"),
            nameof(Placement.Filters.EnoughMemory) => string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"asked {shape.Demand.Capacity.MemoryBytes / 1048576.0:0.#} MiB, most free {ready.Select(f => f.MemoryBytes).DefaultIfEmpty().Max() / 1048576.0:0.#}"),
            nameof(Placement.Filters.NotHeldBack) => string.Join(", ", ledger.Nodes.Where(n => n.HeldFor is not null).Take(3).Select(n => $"{n.Id.Name} {n.HeldFor}")),
            nameof(Placement.Filters.Ready) => string.Join(", ", ledger.Nodes
                .Where(n => n.Phase != NodePhase.Ready || n.IsResting)
                .GroupBy(n => n.Phase == NodePhase.Ready ? "resting after a refusal" : n.Phase.ToString())
                .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}")),
            nameof(Placement.Filters.NotAvoided) => $"the task avoids {string.Join(", ", shape.AvoidedNodes)}",
            nameof(Placement.Filters.NodeSelector) => RuleWording.Details(shape.Rules, ledger.Nodes.Where(n => !shape.Rules.HasLabels(n))),
            nameof(Placement.Filters.Constraints) => RuleWording.Details(shape.Rules, ledger.Nodes.Where(n => shape.Rules.HasLabels(n) && !shape.Rules.MeetsConstraints(n))),
            nameof(Placement.Filters.AllowedRegion) when shape.Residency is { } residency => $"its job may be in {residency}",
            nameof(Placement.Filters.Tolerated) => RuleWording.Details(shape.Rules, ledger.Nodes.Where(n => shape.Rules.HasLabels(n) && shape.Rules.MeetsConstraints(n) && !shape.Rules.Tolerates(n))),
            nameof(Placement.Filters.Affinity) or nameof(Placement.Filters.AntiAffinity) or nameof(Placement.Filters.Spread) => NearWording.Detail(filter, shape, ledger),
            nameof(Placement.Filters.Isolation) => RuleWording.Details(shape.Rules, ledger.Nodes.Where(n => shape.Rules.HasLabels(n) && shape.Rules.MeetsConstraints(n) && !shape.Rules.Enforces(n))),
            nameof(Placement.Filters.AllowedRegion) => $"may run in {Names(shape.Allowed)} only",
            _ => NearestOf(filter, shape, ledger),
        };
    }

    private static string NearestOf(string filter, TaskShape shape, NodeLedger ledger)
    {
        DeviceTally? nearest = null;
        foreach (var node in ledger.Nodes)
        {
            if (Placer.TurnedDownBy(shape, node)?.Name == filter && DeviceTally.Of(shape, node) is var tally && tally.IsNearerThan(nearest)) nearest = tally;
        }

        return $"asked {string.Join(shape.Demand.Ordered ? ", else " : " or ", shape.Demand.DeviceAsks())}{(nearest is null ? "" : $"; {DeviceWording.Nearest(nearest)}")}";
    }

    public static string Names(ImmutableArray<RegionId> regions) => regions.IsEmpty ? "no region of the fleet" : string.Join(", ", regions);

    /// <summary>How much of a demand a capacity covers, in its scarcest part.</summary>
    public static double Covers(Capacity asked, Capacity has) => Math.Min(Share(has.MilliCpu, asked.MilliCpu), Share(has.MemoryBytes, asked.MemoryBytes));

    private static double Share(long has, long asked) => asked <= 0 ? double.MaxValue : (double)has / asked;

    private sealed record Counted(int Fitting, int Possible, int Ready, int Avoided, Capacity Most, Capacity Sum, SortedDictionary<NodePhase, int> Phases, DeviceSums? Devices, List<string> Held);

    /// <summary>What the nodes have of the devices asked, together.</summary>
    private sealed class DeviceSums
    {
        public DeviceTally? Nearest { get; private set; }

        public DeviceTally? ReadyNearest { get; private set; }

        public int Free { get; private set; }

        public long FreeMilli { get; private set; }

        public void Add(DeviceTally? tally)
        {
            if (tally?.IsNearerThan(Nearest) == true) Nearest = tally;
        }

        /// <summary>Of a ready node that could run the task, were it empty.</summary>
        public void AddReady(DeviceTally tally)
        {
            if (tally.IsNearerThan(ReadyNearest)) ReadyNearest = tally;
            (Free, FreeMilli) = (Free + tally.Free, FreeMilli + tally.MostFreeMilli);
        }
    }
}
