using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// Region to a task: start an attempt at <see cref="Region"/>, on <see cref="Node"/> when that is this region.
/// Idempotent by (<see cref="RegionEpoch"/>, <see cref="Order"/>): a repeat gets the first answer.
/// </summary>
/// <param name="After">Newest attempt that the region knows to have ended; 0 = none. An activation to which it is still live is behind the store.</param>
/// <remarks>To a guest record the attempt is given and only the node is new. Replies <see cref="Dispatched"/>, <see cref="Stale"/> or <see cref="Refused"/>.</remarks>
[GenerateSerializer, Immutable, Alias("Dispatch")]
public sealed record Dispatch(
    [property: Id(0)] RunSpec Run,
    [property: Id(1)] RegionId Region,
    [property: Id(2)] NodeId? Node,
    [property: Id(3)] Epoch RegionEpoch,
    [property: Id(4)] long Order,
    [property: Id(5)] int After = 0) : Message
{
    /// <summary>The devices on <see cref="Node"/>, chosen by the region; empty: none, or the other region chooses.</summary>
    [Id(6)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];

    /// <summary>Run time that the region expects of the attempt; null: it knows nothing like it.</summary>
    [Id(7)] public TimeSpan? ExpectedRun { get; init; }
}

[GenerateSerializer, Immutable, Alias("Dispatched")]
public sealed record Dispatched([property: Id(0)] AttemptId Attempt) : Reply;

/// <summary>
/// Node to a task, after a new grant: is this still your live attempt here? Replies <see cref="Ack"/> (hand it out) or <see cref="Stale"/>
/// (take the grant back). An offer may arrive long after it was given up; the task's record is the only truth about that.
/// </summary>
[GenerateSerializer, Immutable, Alias("ConfirmGrant")]
public sealed record ConfirmGrant([property: Id(0)] AttemptId Attempt, [property: Id(1)] NodeId Node) : Message;

/// <summary>Node (or guest record) to a task: the attempt runs. Replies <see cref="Ack"/> or <see cref="Stale"/> (stop it).</summary>
[GenerateSerializer, Immutable, Alias("AttemptStarted")]
public sealed record AttemptStarted(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] NodeId Node,
    [property: Id(2)] DateTimeOffset StartedAt) : Message;

/// <summary>
/// Node (or guest record) to a task: the attempt is over. Repeated until answered: <see cref="Ack"/> once the outcome is durable and the job
/// knows, <see cref="Stale"/> when a newer attempt exists or the task has ended: the result does not count.
/// </summary>
[GenerateSerializer, Immutable, Alias("AttemptEnded")]
public sealed record AttemptEnded([property: Id(0)] AttemptId Attempt, [property: Id(1)] AttemptEnd End, [property: Id(2)] NodeId? Node) : Message;

/// <summary>Job to a task: end. Replies <see cref="Ack"/> once durable. A task never dispatched leaves a cancelled record under <see cref="Tenant"/>.</summary>
[GenerateSerializer, Immutable, Alias("CancelTask")]
public sealed record CancelTask(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] string Reason,
    [property: Id(2)] bool Force,
    [property: Id(3)] TenantId? Tenant = null) : Message;

/// <summary>Owner's task to the guest record in another region: run this attempt there. Idempotent. Replies <see cref="Ack"/>, <see cref="Stale"/> or <see cref="Refused"/>.</summary>
[GenerateSerializer, Immutable, Alias("GuestOffer")]
public sealed record GuestOffer([property: Id(0)] AttemptId Attempt, [property: Id(1)] RunSpec Run) : Message;

/// <summary>Owner's task to the guest record: end this attempt; the guest answers with its <see cref="AttemptEnded"/> as always.</summary>
[GenerateSerializer, Immutable, Alias("GuestStop")]
public sealed record GuestStop(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] AttemptEndCause Cause,
    [property: Id(2)] bool Force) : Message;

/// <summary>Region to an owned task: the region it is delegated to has been silent past its lease; take it back.</summary>
[GenerateSerializer, Immutable, Alias("DelegationLost")]
public sealed record DelegationLost([property: Id(0)] TaskId Task, [property: Id(1)] RegionId Silent) : Message;

/// <summary>Region to a guest record: its owner has been silent past the lease; stop and keep the outcome for it.</summary>
[GenerateSerializer, Immutable, Alias("OwnerLost")]
public sealed record OwnerLost([property: Id(0)] TaskId Task) : Message;

/// <summary>
/// Region to a task: its deadline has passed before it started (again). It ends as timed out; one that was never dispatched leaves a record.
/// Replies <see cref="Ack"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("MissDeadline")]
public sealed record MissDeadline([property: Id(0)] RunSpec Run) : Message;

/// <summary>To a task: tell me your record. Replies <see cref="TaskDescription"/> or <see cref="Refused"/> (NotFound).</summary>
[GenerateSerializer, Immutable, Alias("DescribeTask")]
public sealed record DescribeTask([property: Id(0)] TaskId Task) : Message;

[GenerateSerializer, Immutable, Alias("TaskDescription")]
public sealed record TaskDescription([property: Id(0)] TaskRow Row) : Reply;

/// <summary>
/// Task (or guest record) to its region: this member of a gang holds its grant; may it begin? Answered when every member of the same start holds one:
/// <see cref="GangComplete"/>, or <see cref="Stale"/> when one of them is gone and this one must go back.
/// </summary>
[GenerateSerializer, Immutable, Alias("GangReady")]
public sealed record GangReady([property: Id(0)] AttemptId Attempt, [property: Id(1)] GangRun Gang) : Message;

/// <summary>All members hold their grants. As the answer to <see cref="ConfirmGrant"/> it means <see cref="Ack"/>, too.</summary>
/// <param name="Nodes">Node of each member, in the order of <see cref="GangRun.Members"/>.</param>
[GenerateSerializer, Immutable, Alias("GangComplete")]
public sealed record GangComplete([property: Id(0)] ImmutableArray<NodeId> Nodes) : Reply;

/// <summary>
/// Region to a task (or guest record): this attempt ends as preempted, with its grace, and waits to start again: another member of its gang is gone,
/// or its room is needed for a task that goes first.
/// Replies <see cref="Ack"/>; an attempt that is not live any more changes nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("StopMember")]
public sealed record StopMember([property: Id(0)] AttemptId Attempt, [property: Id(1)] string Why) : Message;
