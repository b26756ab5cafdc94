using Orleans;

namespace Lepton.Model;

/// <summary>Kind of a grain's state machine.</summary>
[GenerateSerializer, Alias("ActorKind")]
public enum ActorKind
{
    Region,
    Node,
    Task,
    Job,
    Seat,
}

/// <summary>
/// A state machine anywhere in the fleet: region, kind, key. Keys: region and seat = region id, node = <c>region/name</c>,
/// job = <c>owner.key</c>, task = <c>owner.key/index</c>. A task whose <see cref="Region"/> is not its owner is the guest record there.
/// </summary>
[GenerateSerializer, Immutable, Alias("Address")]
public readonly record struct Address([property: Id(0)] RegionId Region, [property: Id(1)] ActorKind Kind, [property: Id(2)] string Key)
{
    public static Address Of(RegionId region) => new(region, ActorKind.Region, region.Value);

    public static Address Seat(RegionId region) => new(region, ActorKind.Seat, region.Value);

    public static Address Of(NodeId node) => new(node.Region, ActorKind.Node, node.ToString());

    public static Address Of(JobId job) => new(job.Owner, ActorKind.Job, job.ToString());

    /// <summary>The owner's machine of a task.</summary>
    public static Address Of(TaskId task) => new(task.Owner, ActorKind.Task, task.ToString());

    /// <summary>A task's machine in a region: the owner's, or the guest record there.</summary>
    public static Address Of(TaskId task, RegionId region) => new(region, ActorKind.Task, task.ToString());

    public override string ToString() => $"{Region}:{Kind}:{Key}";
}

/// <summary>What machines tell each other; every message has a reply. Ids and values only, so that it may cross regions.</summary>
[GenerateSerializer, Immutable, Alias("Message")]
public abstract record Message;

/// <summary>An answer to a <see cref="Message"/>.</summary>
[GenerateSerializer, Immutable, Alias("Reply")]
public abstract record Reply : Message;

/// <summary>Done, or done before: repeating changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("Ack")]
public sealed record Ack : Reply
{
    public static readonly Ack Done = new();
}

/// <summary>Refused because the sender's number is older than the receiver's; nothing was changed.</summary>
[GenerateSerializer, Immutable, Alias("Stale")]
public sealed record Stale([property: Id(0)] string What, [property: Id(1)] long Given, [property: Id(2)] long Known) : Reply;

/// <summary>Refused for a reason that a person can read; nothing was changed.</summary>
[GenerateSerializer, Immutable, Alias("Refused")]
public sealed record Refused([property: Id(0)] RefusalCode Code, [property: Id(1)] string Text, [property: Id(2)] string? Hint = null) : Reply;

/// <summary>The receiver holds too much unhandled; try again after the given time.</summary>
[GenerateSerializer, Immutable, Alias("Busy")]
public sealed record Busy([property: Id(0)] TimeSpan RetryAfter) : Reply;

/// <summary>No answer came: the receiver may or may not have done it. Made by the sending side, never sent.</summary>
[GenerateSerializer, Immutable, Alias("Unanswered")]
public sealed record Unanswered([property: Id(0)] string Why) : Reply;

/// <summary>Closed list of why a message is refused.</summary>
[GenerateSerializer, Alias("RefusalCode")]
public enum RefusalCode
{
    NotFound,
    Conflict,
    Invalid,
    NeverFits,
    DoesNotFit,
    NotReady,
    AlreadyEnded,
    StillRunning,
    LimitReached,
    StoreUnavailable,
    RegionUnreachable,
    NotOwner,
}
