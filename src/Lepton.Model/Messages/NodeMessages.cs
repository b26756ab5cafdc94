using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// Task to a node: grant this attempt its demand. Idempotent by attempt. Replies <see cref="Granted"/> once the grant is durable,
/// <see cref="Stale"/> (older region epoch or attempt) or <see cref="Refused"/> (DoesNotFit, NotReady, StillRunning).
/// </summary>
[GenerateSerializer, Immutable, Alias("Offer")]
public sealed record Offer([property: Id(0)] AttemptId Attempt, [property: Id(1)] RunSpec Run, [property: Id(2)] Epoch RegionEpoch) : Message
{
    /// <summary>Exactly these devices, or none: the node grants them all or refuses and says which one stands against it.</summary>
    [Id(3)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("Granted")]
public sealed record Granted([property: Id(0)] Epoch NodeEpoch) : Reply;

/// <summary>
/// A region that was activated anew to each of its nodes, before it plans: from now on no offer of an older region epoch is granted. Replies
/// <see cref="NodeFenced"/> once that is durable, or <see cref="Stale"/> when the node knows a newer epoch.
/// </summary>
[GenerateSerializer, Immutable, Alias("FenceNode")]
public sealed record FenceNode([property: Id(0)] NodeId Node, [property: Id(1)] Epoch RegionEpoch) : Message;

/// <summary>What a node has granted, less what it has seen end: orders of the activation before, of which the new one may not know.</summary>
[GenerateSerializer, Immutable, Alias("NodeFenced")]
public sealed record NodeFenced([property: Id(0)] ImmutableArray<Held> Holds) : Reply;

/// <summary>Task to a node: end this attempt with this cause. Replies <see cref="Ack"/>; the end comes as <see cref="AttemptEnded"/>.</summary>
[GenerateSerializer, Immutable, Alias("StopAttempt")]
public sealed record StopAttempt(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] AttemptEndCause Cause,
    [property: Id(2)] bool Force) : Message;

/// <summary>An attempt as the agent holds it.</summary>
[GenerateSerializer, Immutable, Alias("AgentAttempt")]
public sealed record AgentAttempt(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] Epoch NodeEpoch,
    [property: Id(2)] TaskPhase Phase,
    [property: Id(3)] DateTimeOffset? StartedAt,
    [property: Id(4)] AttemptEnd? End,
    [property: Id(5)] ImmutableArray<MetricValue> Metrics);

/// <summary>
/// Agent to its node: heartbeat. Lists everything the agent holds, ended attempts until they are acknowledged: after a beat was answered,
/// nothing that is not in it will ever start without being assigned again.
/// </summary>
/// <param name="Incarnation">New for each start of the agent process; a beat of an older incarnation is refused as stale.</param>
/// <param name="Sequence">Grows with each beat of an incarnation; the agent ignores replies to any but its last beat.</param>
/// <param name="Leaving">The agent is going down on purpose: assign nothing, its attempts are ending as preempted.</param>
[GenerateSerializer, Immutable, Alias("AgentBeat")]
public sealed record AgentBeat(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] long Sequence,
    [property: Id(3)] NodeSpec Spec,
    [property: Id(4)] ImmutableArray<AgentAttempt> Attempts,
    [property: Id(5)] bool Leaving) : Message
{
    /// <summary>What was learnt about devices and the node has not said to have taken (<see cref="LeaseReply.SignalsTaken"/>), oldest first.</summary>
    [Id(6)] public ImmutableArray<DeviceSignal> Signals { get; init; } = [];

    /// <summary>The newest sweep of each device. Nothing is lost when a beat is lost: the next one is newer.</summary>
    [Id(7)] public ImmutableArray<DeviceLoad> Loads { get; init; } = [];
}

/// <summary>Work for the agent: start this attempt.</summary>
[GenerateSerializer, Immutable, Alias("Assignment")]
public sealed record Assignment([property: Id(0)] AttemptId Attempt, [property: Id(1)] Epoch NodeEpoch, [property: Id(2)] RunSpec Run)
{
    /// <summary>The devices granted to it; empty: none.</summary>
    [Id(3)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];

    /// <summary>Node of each member of its gang, in the order of <see cref="GangRun.Members"/>; empty: it is of no gang.</summary>
    [Id(4)] public ImmutableArray<NodeId> GangNodes { get; init; } = [];
}

/// <summary>Order to the agent: end this attempt. <see cref="Grace"/> null = kill at once.</summary>
[GenerateSerializer, Immutable, Alias("StopOrder")]
public sealed record StopOrder(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] AttemptEndCause Cause,
    [property: Id(2)] TimeSpan? Grace);

/// <summary>
/// Node to its agent: the lease is renewed for <see cref="Lease"/> from the moment the beat was sent (measured by the agent on its own
/// boot-time clock), and this is everything you should do.
/// </summary>
[GenerateSerializer, Immutable, Alias("LeaseReply")]
public sealed record LeaseReply(
    [property: Id(0)] Epoch NodeEpoch,
    [property: Id(1)] long Sequence,
    [property: Id(2)] TimeSpan Lease,
    [property: Id(3)] ImmutableArray<Assignment> Assign,
    [property: Id(4)] ImmutableArray<StopOrder> Stop,
    [property: Id(5)] ImmutableArray<AttemptId> Forget,
    [property: Id(6)] TimeSpan NextBeat) : Reply
{
    /// <summary>Signals of this incarnation up to this number are taken in, durably where they changed anything: the agent lists them no longer.</summary>
    [Id(7)] public long SignalsTaken { get; init; }

    /// <summary>Devices that are not healthy, as the node sees them: the agent looks for lost and draining ones and checks a context on those found again.</summary>
    [Id(8)] public ImmutableArray<DeviceState> Troubled { get; init; } = [];
}

/// <summary>To a node: tell me your record. Replies <see cref="NodeDescription"/> or <see cref="Refused"/> (NotFound).</summary>
[GenerateSerializer, Immutable, Alias("DescribeNode")]
public sealed record DescribeNode([property: Id(0)] NodeId Node) : Message;

/// <param name="Row">Grants, device states and their history.</param>
/// <param name="Loads">The newest sweep of each device that this activation has heard of.</param>
[GenerateSerializer, Immutable, Alias("NodeDescription")]
public sealed record NodeDescription([property: Id(0)] NodeRow Row, [property: Id(1)] ImmutableArray<DeviceLoad> Loads) : Reply;

/// <summary>
/// A person to a node: take no new work, let your work go, or take work again. Replies <see cref="NodeDescription"/> once the wish is durable,
/// <see cref="Stale"/> (somebody else has decided since) or <see cref="Refused"/> (NotFound).
/// </summary>
/// <param name="Number">One more than <see cref="NodeRow.HoldNumber"/> of the record that the decision was made by. A repeat with the same number and wish changes nothing.</param>
[GenerateSerializer, Immutable, Alias("HoldNode")]
public sealed record HoldNode(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] NodeHold Hold,
    [property: Id(2)] long Number,
    [property: Id(3)] string? Reason) : Message;
