using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>Consecutive pending indexes of a job, of one group: a row of the queue, however many tasks it stands for.</summary>
[GenerateSerializer, Immutable, Alias("ReadyRange")]
public sealed record ReadyRange([property: Id(0)] string Group, [property: Id(1)] int First, [property: Id(2)] int Count);

/// <summary>Job to its region: these tasks may start. Idempotent: indexes known to the region already are not queued twice.</summary>
[GenerateSerializer, Immutable, Alias("JobReady")]
public sealed record JobReady(
    [property: Id(0)] JobId Job,
    [property: Id(1)] JobSpec Spec,
    [property: Id(2)] DateTimeOffset SubmittedAt,
    [property: Id(3)] ImmutableArray<ReadyRange> Ranges,
    [property: Id(4)] ImmutableArray<UpstreamOutput> Upstream) : Message;

/// <summary>Job to its region: dispatch nothing more of this job (or of these indexes). Replies <see cref="Withdrawn"/>.</summary>
[GenerateSerializer, Immutable, Alias("Withdraw")]
public sealed record Withdraw([property: Id(0)] JobId Job, [property: Id(1)] ImmutableArray<int>? Indexes) : Message;

/// <summary>What had left the queue already (these tasks must be cancelled themselves). Nothing else of the asked is or will be dispatched.</summary>
[GenerateSerializer, Immutable, Alias("Withdrawn")]
public sealed record Withdrawn([property: Id(0)] ImmutableArray<int> InFlight) : Reply;

/// <summary>Job to its region: the job is over, forget it.</summary>
[GenerateSerializer, Immutable, Alias("JobClosed")]
public sealed record JobClosed([property: Id(0)] JobId Job) : Message;

/// <summary>Task to its region: I wait again (refused, retried, taken back). Repeated until acknowledged.</summary>
[GenerateSerializer, Immutable, Alias("TaskWaits")]
public sealed record TaskWaits(
    [property: Id(0)] AttemptId LastAttempt,
    [property: Id(1)] DateTimeOffset NotBefore,
    [property: Id(2)] AttemptEndCause Cause,
    [property: Id(3)] string Message,
    [property: Id(4)] RegionId? RefusedBy,
    [property: Id(5)] int Retries,
    [property: Id(6)] string? RestoreFrom) : Message;

/// <summary>Task to its region: I am over.</summary>
/// <param name="Attempt">Newest attempt; a guest record names it, so that word of an earlier attempt does not settle a later one. 0 = any.</param>
[GenerateSerializer, Immutable, Alias("TaskSettled")]
public sealed record TaskSettled([property: Id(0)] TaskId Task, [property: Id(1)] int Attempt = 0) : Message
{
    /// <summary>How long its last attempt ran, if it completed: what estimates learn from.</summary>
    [Id(2)] public TimeSpan? Ran { get; init; }
}

/// <summary>Task to its region: my attempt runs there. For the picture only, nothing depends on it.</summary>
[GenerateSerializer, Immutable, Alias("TaskRuns")]
public sealed record TaskRuns(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] NodeId Node,
    [property: Id(2)] DateTimeOffset StartedAt) : Message;

/// <summary>Guest record to its region: place this attempt of another region's task. Repeated until acknowledged.</summary>
[GenerateSerializer, Immutable, Alias("GuestWaits")]
public sealed record GuestWaits([property: Id(0)] AttemptId Attempt, [property: Id(1)] RunSpec Run) : Message
{
    /// <summary>The order that it went back from, with the epoch it was given under; 0: it was given none yet. An order newer than that has not been heard of.</summary>
    [Id(2)] public Epoch RegionEpoch { get; init; }

    [Id(3)] public long Order { get; init; }
}

/// <summary>
/// Region to a guest record: no node here takes it, by its size or for too long. It ends as not started, and its owner places it again.
/// Replies <see cref="Ack"/>; a guest that does not wait (any more) changes nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("SendBack")]
public sealed record SendBack([property: Id(0)] AttemptId Attempt, [property: Id(1)] string Why) : Message;

/// <summary>One grant as its node tells it.</summary>
[GenerateSerializer, Immutable, Alias("Held")]
public sealed record Held([property: Id(0)] AttemptId Attempt, [property: Id(1)] Capacity Demand)
{
    [Id(2)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];
}

/// <summary>Node to its region: what I am and hold. <see cref="Full"/>: everything; else changes since <c>Version - 1</c>.</summary>
/// <remarks>Replies <see cref="Ack"/>, or <see cref="WantFull"/> when the region missed a version.</remarks>
[GenerateSerializer, Immutable, Alias("NodeChanged")]
public sealed record NodeChanged(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] Epoch NodeEpoch,
    [property: Id(2)] long Version,
    [property: Id(3)] NodePhase Phase,
    [property: Id(4)] NodeSpec? Spec,
    [property: Id(5)] bool Full,
    [property: Id(6)] ImmutableArray<Held> Added,
    [property: Id(7)] ImmutableArray<AttemptId> Freed,
    [property: Id(8)] DateTimeOffset LastBeat) : Message
{
    /// <summary>State of every device of the node; default: as it was.</summary>
    [Id(9)] public ImmutableArray<DeviceState> Devices { get; init; }
}

[GenerateSerializer, Immutable, Alias("WantFull")]
public sealed record WantFull : Reply
{
    public static readonly WantFull Please = new();
}

/// <summary>Region to region: I live, this is my summary. Replies <see cref="RegionBeatReply"/>.</summary>
[GenerateSerializer, Immutable, Alias("RegionBeat")]
public sealed record RegionBeat([property: Id(0)] RegionSummary Summary) : Message;

[GenerateSerializer, Immutable, Alias("RegionBeatReply")]
public sealed record RegionBeatReply([property: Id(0)] RegionSummary Summary) : Reply;

/// <summary>To a region: why is this task where it is. Replies <see cref="Explained"/>.</summary>
[GenerateSerializer, Immutable, Alias("ExplainTask")]
public sealed record ExplainTask([property: Id(0)] TaskId Task) : Message;

[GenerateSerializer, Immutable, Alias("Explained")]
public sealed record Explained([property: Id(0)] Explanation Explanation) : Reply;

/// <summary>To a region: phase and reason of up to 500 tasks, for a page of a list. Replies <see cref="Overlays"/>.</summary>
[GenerateSerializer, Immutable, Alias("AskOverlay")]
public sealed record AskOverlay([property: Id(0)] ImmutableArray<TaskId> Tasks) : Message;

/// <summary>The live part of a task's picture; what is not in flight or queued has no overlay.</summary>
[GenerateSerializer, Immutable, Alias("Overlay")]
public sealed record Overlay(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] TaskPhase Phase,
    [property: Id(2)] int Attempt,
    [property: Id(3)] RegionId? Region,
    [property: Id(4)] NodeId? Node,
    [property: Id(5)] PendingReason? Reason,
    [property: Id(6)] string? Evidence,
    [property: Id(7)] DateTimeOffset? StartedAt);

[GenerateSerializer, Immutable, Alias("Overlays")]
public sealed record Overlays([property: Id(0)] ImmutableArray<Overlay> Items) : Reply;

/// <summary>To a region: what do you see. Replies <see cref="RegionView"/>.</summary>
[GenerateSerializer, Immutable, Alias("AskRegion")]
public sealed record AskRegion : Message
{
    public static readonly AskRegion Now = new();
}

/// <summary>A node in a region's picture.</summary>
[GenerateSerializer, Immutable, Alias("NodeView")]
public sealed record NodeView(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] NodePhase Phase,
    [property: Id(2)] Capacity Total,
    [property: Id(3)] Capacity Allocated,
    [property: Id(4)] int Attempts,
    [property: Id(5)] DateTimeOffset LastBeat,
    [property: Id(6)] string AgentVersion)
{
    [Id(7)] public ImmutableArray<DeviceView> Devices { get; init; } = [];

    [Id(8)] public string? DriverVersion { get; init; }

    [Id(9)] public string? CudaVersion { get; init; }

    [Id(10)] public IsolationAbilities Isolation { get; init; }

    /// <summary>Why its agent tells no devices; null when there is nothing to say.</summary>
    [Id(11)] public string? DevicesFault { get; init; }

    [Id(12)] public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    [Id(20)] public ImmutableArray<Taint> Taints { get; init; } = [];
}

/// <summary>A device in a region's picture.</summary>
/// <param name="TakenMilli">Thousandths that are granted or on their way.</param>
[GenerateSerializer, Immutable, Alias("DeviceView")]
public sealed record DeviceView(
    [property: Id(0)] Device Device,
    [property: Id(1)] DeviceState State,
    [property: Id(2)] int TakenMilli,
    [property: Id(3)] long TakenMemoryBytes);

/// <summary>Another region as this one last saw it.</summary>
[GenerateSerializer, Immutable, Alias("PeerView")]
public sealed record PeerView([property: Id(0)] RegionId Region, [property: Id(1)] RegionSummary? Summary, [property: Id(2)] DateTimeOffset? HeardAt);

[GenerateSerializer, Immutable, Alias("RegionView")]
public sealed record RegionView(
    [property: Id(0)] RegionSummary Summary,
    [property: Id(1)] ImmutableArray<NodeView> Nodes,
    [property: Id(2)] ImmutableArray<PeerView> Peers) : Reply
{
    /// <summary>The queues that jobs may name; unset = not told.</summary>
    [Id(3)] public ImmutableArray<QueueView> Queues { get; init; }
}

/// <summary>A queue of a region.</summary>
/// <param name="Ceilings">What it can hold at most, borrowed quota included, by kind; kinds without limit are left out.</param>
[GenerateSerializer, Immutable, Alias("QueueView")]
public sealed record QueueView([property: Id(0)] string Name, [property: Id(1)] ImmutableArray<QueueCeiling> Ceilings);

/// <summary>The most of one kind of resource, in the units of <see cref="QuotaSettings"/>.</summary>
[GenerateSerializer, Immutable, Alias("QueueCeiling")]
public sealed record QueueCeiling([property: Id(0)] string Kind, [property: Id(1)] long Most);
