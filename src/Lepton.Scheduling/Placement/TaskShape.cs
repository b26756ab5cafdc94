using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.Placement.Neighbours;
using Lepton.Scheduling.Placement.Rules;

namespace Lepton.Scheduling.Placement;

/// <summary>
/// What placement looks at of a task, shared by all tasks that look the same: equal shapes fit the same places, so what one was refused the
/// next need not try.
/// </summary>
internal sealed class TaskShape : IEquatable<TaskShape>
{
    private readonly string _key;
    private readonly TaskShape? _plain;
    private TaskShape[]? _alone;

    private TaskShape(Demand demand, ImmutableArray<RegionId> allowed, ImmutableArray<NodeId> avoided, NodeRules rules, RegionId? pinned, DataShares data, bool ordered = false, Residency? residency = null)
    {
        Demand = demand;
        Ways = DeviceWay.Of(demand);
        Allowed = allowed;
        AvoidedNodes = avoided;
        Rules = rules;
        IsOrdered = ordered && allowed.Length > 1;
        PinnedTo = pinned;
        Data = data;
        Residency = residency;
        _key = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{demand.Capacity.MilliCpu}/{demand.Capacity.MemoryBytes}/{string.Join(demand.Ordered ? ">" : "+", demand.DeviceAsks())}|{string.Join(IsOrdered ? '>' : ',', allowed)}|{string.Join(',', avoided)}|{pinned}|{data}{rules.Key()}{(residency is null ? "" : $"|in {residency}")}");
    }

    private TaskShape(TaskShape plain, NeighbourRules neighbours)
    {
        (Demand, Ways, Allowed, AvoidedNodes, Rules, IsOrdered) = (plain.Demand, plain.Ways, plain.Allowed, plain.AvoidedNodes, plain.Rules, plain.IsOrdered);
        (PinnedTo, Data, Residency, Amounts, Neighbours, _plain) = (plain.PinnedTo, plain.Data, plain.Residency, plain.Amounts, neighbours, plain);
        IsBoundToData = plain.IsBoundToData;
        _key = $"{plain._key}|{neighbours.Key}";
    }

    public Demand Demand { get; }

    /// <summary>Ways to fill its need for devices, best first; empty: it needs none.</summary>
    public ImmutableArray<DeviceWay> Ways { get; }

    public bool NeedsDevices => !Ways.IsEmpty;

    /// <summary>Regions of the fleet it may run in, in the order of their names, or best first. Empty: none, so it waits and says so.</summary>
    public ImmutableArray<RegionId> Allowed { get; }

    /// <summary>A region is taken only while those that stand before it in <see cref="Allowed"/> have no room.</summary>
    public bool IsOrdered { get; }

    public ImmutableArray<NodeId> AvoidedNodes { get; }

    /// <summary>What it asks of the attributes of a node.</summary>
    public NodeRules Rules { get; }

    /// <summary>What its neighbours mean to it; null: nothing. Only shapes that are about to be placed, or explained, have them.</summary>
    public NeighbourRules? Neighbours { get; }

    /// <summary>The same without neighbours.</summary>
    public TaskShape Plain => _plain ?? this;

    /// <summary>The one region where its input file lies.</summary>
    public RegionId? PinnedTo { get; }

    /// <summary>The regions where what it reads lies, when that can be read from elsewhere too.</summary>
    public DataShares Data { get; }

    /// <summary>It may run only where all of what it reads lies: <see cref="Allowed"/> says where.</summary>
    public bool IsBoundToData { get; private init; }

    /// <summary>Where its job may be at all; <see cref="Allowed"/> lies within it. Null: anywhere.</summary>
    public Residency? Residency { get; }

    /// <summary>What it counts as for the queues of this region; set by them, once.</summary>
    public long[]? Amounts { get; set; }

    /// <summary>What it costs in the own region by the hour, in USD micros; set before other regions are compared with it. Null: not known, or nobody asks.</summary>
    public long? PriceHere { get; set; }

    /// <summary>This shape and no other, for groups whose tasks all look alike.</summary>
    public TaskShape[] Alone => _alone ??= [this];

    public bool Allows(RegionId region) => Allowed.Contains(region);

    /// <summary>Neither avoided nor against a rule: what is wrong with the node for this task stays wrong however empty the node is.</summary>
    public bool Suits(NodeEntry node) => !AvoidedNodes.Contains(node.Id) && Rules.HoldOn(node);

    /// <summary>Its neighbours stand against this node now; empty or not.</summary>
    public bool IsKeptOff(NodeEntry node) => Neighbours?.TurnsDown(this, node) == true;

    /// <summary>The same task among its neighbours.</summary>
    public TaskShape Among(NeighbourRules neighbours) => new(Plain, neighbours);

    /// <summary>The shape of a task of this region's own jobs.</summary>
    /// <param name="template">What the tasks of its group have in common.</param>
    /// <param name="input">Its own input.</param>
    /// <param name="fleet">All regions.</param>
    /// <param name="outputs">Region where the outputs of others lie that it reads; counts where its own input lies in no region.</param>
    public static TaskShape Of(TaskTemplate template, InputRef? input, ImmutableArray<RegionId> fleet, RegionId? outputs = null)
    {
        var pinned = input?.Region is { } lies && input.IsFile() ? lies : (RegionId?)null;
        var data = DataShares.Of(template.Data, pinned is null ? input?.Region ?? outputs : null, input?.SizeBytes ?? 0);
        var bound = template.DataRequired && !template.Data.IsDefaultOrEmpty;
        var ordered = template.RegionsOrdered && !template.Regions.IsDefaultOrEmpty;
        var allowed = (ordered ? template.Regions.Where(r => fleet.Contains(r)).Distinct() : fleet.Order())
            .Where(r => template.Regions.IsDefaultOrEmpty || template.Regions.Contains(r))
            .Where(r => template.Avoid.IsDefaultOrEmpty || !template.Avoid.Contains(r.Value))
            .Where(r => template.Residency is not { } residency || residency.Allows(r))
            .Where(r => pinned is null || r == pinned)
            .Where(r => !bound || template.Data.All(d => d.Region == r));
        return new TaskShape(template.Demand, [.. allowed], Avoided(template), NodeRules.Of(template), pinned, data, ordered, template.Residency) { IsBoundToData = bound };
    }

    /// <summary>The shape of another region's task: it was sent here and goes nowhere else.</summary>
    public static TaskShape OfGuest(TaskTemplate template, RegionId here) => new(
        template.Demand, template.Residency is { } residency && !residency.Allows(here) ? [] : [here], Avoided(template), NodeRules.Of(template), null, DataShares.None, residency: template.Residency);

    public bool Equals(TaskShape? other) => other is not null && _key == other._key;

    public override bool Equals(object? obj) => Equals(obj as TaskShape);

    public override int GetHashCode() => _key.GetHashCode(StringComparison.Ordinal);

    private static ImmutableArray<NodeId> Avoided(TaskTemplate template)
    {
        if (template.Avoid.IsDefaultOrEmpty) return [];
        var nodes = ImmutableArray.CreateBuilder<NodeId>();
        foreach (var name in template.Avoid)
        {
            if (NodeId.TryParse(name, out var node)) nodes.Add(node);
        }

        return nodes.ToImmutable();
    }
}
