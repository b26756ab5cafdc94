using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// The closed list of reasons why a task waits, in tiers: yours to fix, held, policy, capacity, on its way.
/// Adding one means an enum value, a page anchor and a test.
/// </summary>
[GenerateSerializer, Alias("PendingReason")]
public enum PendingReason
{
    Misconfigured,
    Unsatisfiable,
    BudgetExhausted,
    OnHold,
    NotBefore,
    WaitingForDependency,
    BackingOff,
    RegionNotAllowed,
    ResidencyForbids,
    QuotaExceeded,
    PriceAboveLimit,
    DataNotReady,
    RegionUnreachable,
    NoEligibleNode,
    InsufficientCapacity,
    Fragmented,
    GangIncomplete,
    SpreadImpossible,
    BehindInQueue,
    WaitingForVictims,
    NotYetEvaluated,
}

/// <summary>How many nodes of a region one filter turned down.</summary>
[GenerateSerializer, Immutable, Alias("Refusals")]
public sealed record Refusals([property: Id(0)] string Filter, [property: Id(1)] int Nodes, [property: Id(2)] string Detail);

/// <summary>What one region says about a waiting task.</summary>
[GenerateSerializer, Immutable, Alias("RegionVerdict")]
public sealed record RegionVerdict(
    [property: Id(0)] RegionId Region,
    [property: Id(1)] PendingReason Reason,
    [property: Id(2)] string Evidence,
    [property: Id(3)] int Nodes,
    [property: Id(4)] int Fitting,
    [property: Id(5)] ImmutableArray<Refusals> TurnedDown,
    [property: Id(6)] TimeSpan PictureAge);

/// <summary>Why a task is where it is: the dominant reason, its evidence with numbers, what would help, and every region's verdict.</summary>
[GenerateSerializer, Immutable, Alias("Explanation")]
public sealed record Explanation(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] TaskPhase Phase,
    [property: Id(2)] PendingReason? Reason,
    [property: Id(3)] string Evidence,
    [property: Id(4)] ImmutableArray<string> Next,
    [property: Id(5)] ImmutableArray<RegionVerdict> Regions,
    [property: Id(6)] int? QueuePosition,
    [property: Id(7)] DateTimeOffset EvaluatedAt)
{
    /// <summary>When it is expected to start in the region that answers; null: not known, or not waiting.</summary>
    [Id(8)] public StartEstimate? Start { get; init; }
}

/// <summary>When a task is expected to start, by run times of the past: with those that run shorter, as expected, and longer.</summary>
[GenerateSerializer, Immutable, Alias("StartEstimate")]
public sealed record StartEstimate([property: Id(0)] DateTimeOffset Earliest, [property: Id(1)] DateTimeOffset Expected, [property: Id(2)] DateTimeOffset Latest);
