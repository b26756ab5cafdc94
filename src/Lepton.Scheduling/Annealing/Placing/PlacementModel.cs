using System.Collections.Immutable;

namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>A resource: what a task holds on its node, and what going over the soft limit costs.</summary>
/// <param name="HeldWhileMoving">A task that left its home still holds this resource there.</param>
/// <param name="Weight">Cost of one unit above the node's soft limit.</param>
public sealed record PlacementResource(bool HeldWhileMoving, long Weight);

/// <summary>A node: its room, its soft limits, and the domains it lies in.</summary>
/// <param name="Location">Domain that groups are spread over.</param>
/// <param name="Neighbourhood">Domain that must also hold what a group needs.</param>
public sealed record PlacementNode(ImmutableArray<long> Capacity, ImmutableArray<long> SoftLimit, int Location, int Neighbourhood);

/// <summary>Tasks of one kind: no two on one node, in at least so many locations, and near the groups they need.</summary>
/// <param name="Needs">Groups of which a task must run in every neighbourhood where one of this group runs.</param>
public sealed record PlacementGroup(int Locations, ImmutableArray<int> Needs);

/// <summary>A task: its group, what it asks, where it is, and what moving it costs.</summary>
public sealed record PlacementTask(int Group, ImmutableArray<long> Need, long MoveCost, int Home);

/// <summary>Free units of one resource are wanted in proportion to those of another: cost = weight × max(0, ratio × free[of] − free[per]).</summary>
public sealed record PlacementBalance(int Of, int Per, long Ratio, long Weight);

/// <summary>Prices of moves.</summary>
/// <param name="Task">Times a task's own move cost.</param>
/// <param name="Group">Times the largest number of moved tasks of one group.</param>
/// <param name="Route">Times the entry of <see cref="PlacementModel.Routes"/>.</param>
public sealed record MovePrices(long Task, long Group, long Route);

/// <summary>
/// A placement problem: tasks on nodes under capacity, groups and domains, with soft limits, balances and priced moves.
/// </summary>
public sealed record PlacementModel
{
    public required ImmutableArray<PlacementResource> Resources { get; init; }

    public required ImmutableArray<PlacementNode> Nodes { get; init; }

    public required ImmutableArray<PlacementGroup> Groups { get; init; }

    public required ImmutableArray<PlacementTask> Tasks { get; init; }

    public ImmutableArray<PlacementBalance> Balances { get; init; } = [];

    public required MovePrices Prices { get; init; }

    /// <summary>What it costs to move from one node to another.</summary>
    public required RouteTable Routes { get; init; }
}
