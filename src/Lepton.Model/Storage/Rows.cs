using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>The durable record of one state machine: exactly one row each. Immutable.</summary>
[GenerateSerializer, Immutable, Alias("Row")]
public abstract record Row
{
    /// <summary>Key in the region's store: <c>job/...</c>, <c>task/...</c>, <c>node/...</c>, <c>region/...</c>, <c>seat/...</c>, <c>blob/...</c>.</summary>
    public abstract string Key { get; }

    public abstract RowIndex Index { get; }
}

/// <summary>What a store can find rows by, beside the key.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Live">False once terminal: retention may remove it after <see cref="Time"/> + keep.</param>
/// <param name="Time">Submit time while live, end time once terminal.</param>
[GenerateSerializer, Immutable, Alias("RowIndex")]
public sealed record RowIndex(
    [property: Id(0)] string Phase,
    [property: Id(1)] bool Live,
    [property: Id(2)] string Tenant,
    [property: Id(3)] string Queue,
    [property: Id(4)] DateTimeOffset Time,
    [property: Id(5)] string Name = "");

/// <summary>A job as accepted. Progress is not stored: it is derived from the task rows.</summary>
[GenerateSerializer, Immutable, Alias("JobRow")]
public sealed record JobRow : Row
{
    [Id(0)] public required JobId Job { get; init; }

    [Id(1)] public required JobSpec Spec { get; init; }

    [Id(2)] public required string BodyHash { get; init; }

    [Id(3)] public required DateTimeOffset SubmittedAt { get; init; }

    [Id(4)] public required JobPhase Phase { get; init; }

    [Id(5)] public DateTimeOffset? EndedAt { get; init; }

    [Id(6)] public string? Message { get; init; }

    /// <summary>Cancel of the whole job was asked; tasks without a row of their own count as cancelled.</summary>
    [Id(7)] public bool CancelAsked { get; init; }

    [Id(8)] public bool CancelForce { get; init; }

    /// <summary>Single indexes cancelled before they were dispatched.</summary>
    [Id(9)] public ImmutableArray<int> CancelledIndexes { get; init; } = [];

    /// <summary>Final counts, once over: succeeded, failed, cancelled.</summary>
    [Id(10)] public int Succeeded { get; init; }

    [Id(11)] public int Failed { get; init; }

    [Id(12)] public int CancelledCount { get; init; }

    /// <summary>Groups that can never start because of what they depend on: tasks of theirs without a row count as cancelled.</summary>
    [Id(13)] public ImmutableArray<DoomedGroup> DoomedGroups { get; init; } = [];

    public override string Key => KeyOf(Job);

    public override RowIndex Index => new(Phase.ToString(), EndedAt is null, Spec.Tenant.Value, Spec.Queue, EndedAt ?? SubmittedAt, Spec.Name);

    public static string KeyOf(JobId job) => $"job/{job}";
}

/// <summary>
/// An idempotency key of this region that a job of another region was submitted under, because its residency forbids this one. It stands where the job of the
/// key would, says nothing of that job but its id, and is kept as long as ended jobs are.
/// </summary>
[GenerateSerializer, Immutable, Alias("HeldKeyRow")]
public sealed record HeldKeyRow : Row
{
    /// <summary>The id that a job of this region would have under the key.</summary>
    [Id(0)] public required JobId Job { get; init; }

    /// <summary>The job that has the key.</summary>
    [Id(1)] public required JobId HeldFor { get; init; }

    [Id(2)] public required DateTimeOffset HeldAt { get; init; }

    /// <summary>What lists of rows know it by, beside the phases of jobs.</summary>
    public const string Phase = "Held";

    public override string Key => JobRow.KeyOf(Job);

    public override RowIndex Index => new(Phase, false, "", "", HeldAt);
}

/// <summary>A group of a job that can never start, and the failure that decided it.</summary>
[GenerateSerializer, Immutable, Alias("DoomedGroup")]
public sealed record DoomedGroup([property: Id(0)] string Group, [property: Id(1)] string Why);

/// <summary>One attempt in a task's record.</summary>
[GenerateSerializer, Immutable, Alias("AttemptRecord")]
public sealed record AttemptRecord(
    [property: Id(0)] int Number,
    [property: Id(1)] RegionId Region,
    [property: Id(2)] NodeId? Node,
    [property: Id(3)] DateTimeOffset LeasedAt,
    [property: Id(4)] AttemptEnd? End)
{
    /// <summary>The devices chosen for it in this region; empty: none, or another region chose.</summary>
    [Id(5)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];

    /// <summary>Run time that was expected when it was placed; what it really took is in <see cref="End"/>.</summary>
    [Id(6)] public TimeSpan? ExpectedRun { get; init; }
}

/// <summary>A task from its first dispatch on: its attempts and its single terminal outcome. Never dispatched = no row.</summary>
[GenerateSerializer, Immutable, Alias("TaskRow")]
public sealed record TaskRow : Row
{
    [Id(0)] public required TaskId Task { get; init; }

    [Id(1)] public required TenantId Tenant { get; init; }

    [Id(2)] public required string Name { get; init; }

    [Id(3)] public required TaskPhase Phase { get; init; }

    /// <summary>The attempt epoch: number of the newest attempt.</summary>
    [Id(4)] public required int Attempt { get; init; }

    /// <summary>Newest last; limited to <see cref="AttemptsKept"/>.</summary>
    [Id(5)] public required ImmutableArray<AttemptRecord> Attempts { get; init; }

    [Id(6)] public required DateTimeOffset SubmittedAt { get; init; }

    [Id(7)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Retries counted against the policy.</summary>
    [Id(8)] public int Retries { get; init; }

    [Id(9)] public DateTimeOffset NotBefore { get; init; }

    [Id(10)] public bool CancelAsked { get; init; }

    [Id(11)] public string Message { get; init; } = "";

    /// <summary>What to run, kept while the task is live so that an owed offer can be repeated after a crash.</summary>
    [Id(12)] public RunSpec? Run { get; init; }

    [Id(13)] public Epoch RegionEpoch { get; init; }

    [Id(14)] public long Order { get; init; }

    [Id(15)] public string Queue { get; init; } = "default";

    /// <summary>What its run times are told of: who runs what, as <c>tenant/job/group</c>. Empty in old records.</summary>
    [Id(16)] public string Class { get; init; } = "";

    /// <summary>Attempts a record keeps; older ones are dropped, the count goes on.</summary>
    public const int AttemptsKept = 20;

    public AttemptRecord? Current => Attempts.IsDefaultOrEmpty ? null : Attempts[^1];

    public override string Key => KeyOf(Task);

    public override RowIndex Index => new(Phase.ToString(), !Phase.IsTerminal(), Tenant.Value, Queue, EndedAt ?? SubmittedAt, Name);

    public static string KeyOf(TaskId task) => $"task/{task.Job}/{task.Index:D8}";

    public static string PrefixOf(JobId job) => $"task/{job}/";
}

/// <summary>Phase of a guest record.</summary>
[GenerateSerializer, Alias("GuestPhase")]
public enum GuestPhase
{
    Waiting,
    Leased,
    /// <summary>The outcome is durable here and owed to the owner.</summary>
    Ended,
    /// <summary>The owner has acknowledged: kept a while so that a late repeat of the offer does not run it again.</summary>
    Settled,
}

/// <summary>Work of another region's task in this region.</summary>
[GenerateSerializer, Immutable, Alias("GuestRow")]
public sealed record GuestRow : Row
{
    [Id(0)] public required AttemptId Attempt { get; init; }

    [Id(1)] public RunSpec? Run { get; init; }

    [Id(2)] public required GuestPhase Phase { get; init; }

    [Id(3)] public NodeId? Node { get; init; }

    [Id(4)] public AttemptEnd? End { get; init; }

    [Id(5)] public required DateTimeOffset AcceptedAt { get; init; }

    [Id(6)] public DateTimeOffset? SettledAt { get; init; }

    [Id(7)] public Epoch RegionEpoch { get; init; }

    [Id(8)] public long Order { get; init; }

    [Id(9)] public required TenantId Tenant { get; init; }

    [Id(10)] public AttemptEndCause? StopAsked { get; init; }

    /// <summary>The devices chosen for it on <see cref="Node"/>.</summary>
    [Id(11)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];

    public override string Key => KeyOf(Attempt.Task);

    public override RowIndex Index => new(Phase.ToString(), Phase != GuestPhase.Settled, Tenant.Value, "", SettledAt ?? AcceptedAt, "guest");

    public static string KeyOf(TaskId task) => $"guest/{task.Job}/{task.Index:D8}";
}

/// <summary>A grant of a node: these resources belong to this attempt until it has ended.</summary>
[GenerateSerializer, Immutable, Alias("Grant")]
public sealed record Grant(
    [property: Id(0)] AttemptId Attempt,
    [property: Id(1)] Capacity Demand,
    [property: Id(2)] Epoch NodeEpoch,
    [property: Id(3)] DateTimeOffset GrantedAt,
    [property: Id(4)] AttemptEndCause? StopAsked,
    [property: Id(5)] bool StopForce,
    [property: Id(6)] TimeSpan Grace)
{
    [Id(7)] public ImmutableArray<DeviceGrant> Devices { get; init; } = [];
}

/// <summary>A node: what it has and every grant it has given and not got back.</summary>
[GenerateSerializer, Immutable, Alias("NodeRow")]
public sealed record NodeRow : Row
{
    [Id(0)] public required NodeId Node { get; init; }

    /// <summary>Activation and lease epoch: grows with each activation and each expired lease.</summary>
    [Id(1)] public required Epoch Epoch { get; init; }

    [Id(2)] public required NodePhase Phase { get; init; }

    [Id(3)] public NodeSpec? Spec { get; init; }

    [Id(4)] public long Incarnation { get; init; }

    [Id(5)] public Epoch RegionEpoch { get; init; }

    [Id(6)] public ImmutableArray<Grant> Grants { get; init; } = [];

    [Id(7)] public DateTimeOffset ChangedAt { get; init; }

    /// <summary>State of every device that the node has, or had when it was last heard of.</summary>
    [Id(8)] public ImmutableArray<DeviceState> Devices { get; init; } = [];

    /// <summary>Signals of this incarnation of the agent that are taken in.</summary>
    [Id(9)] public long SignalsTaken { get; init; }

    /// <summary>The last turns in the health of its devices, oldest first; at most <see cref="TurnsKept"/> of each.</summary>
    [Id(10)] public ImmutableArray<DeviceTurn> Turns { get; init; } = [];

    /// <summary>The last grants of its devices that are over, oldest first; at most <see cref="UsesKept"/> of each.</summary>
    [Id(11)] public ImmutableArray<DeviceUse> Uses { get; init; } = [];

    /// <summary>What a person wants of it; it outlives agents and restarts.</summary>
    [Id(20)] public NodeHold Hold { get; init; }

    /// <summary>How often that was decided: of two decisions by the same record the second is refused.</summary>
    [Id(21)] public long HoldNumber { get; init; }

    [Id(22)] public string? HoldReason { get; init; }

    /// <summary>Turns kept of each device.</summary>
    public const int TurnsKept = 8;

    /// <summary>Grants kept of each device after their end.</summary>
    public const int UsesKept = 8;

    public override string Key => KeyOf(Node);

    public override RowIndex Index => new(Phase.ToString(), true, "", "", ChangedAt, Node.Name);

    public static string KeyOf(NodeId node) => $"node/{node}";
}

/// <summary>A region: only its fencing number; everything else is rebuilt by scanning the store.</summary>
[GenerateSerializer, Immutable, Alias("RegionRow")]
public sealed record RegionRow : Row
{
    [Id(0)] public required RegionId Region { get; init; }

    [Id(1)] public required Epoch Epoch { get; init; }

    public override string Key => KeyOf(Region);

    public override RowIndex Index => new("", true, "", "", DateTimeOffset.UnixEpoch);

    public static string KeyOf(RegionId region) => $"region/{region}";
}

/// <summary>A region's seat in the election of the coordinator: what it has promised, durably.</summary>
[GenerateSerializer, Immutable, Alias("SeatRow")]
public sealed record SeatRow : Row
{
    [Id(0)] public required RegionId Region { get; init; }

    [Id(1)] public required Epoch Epoch { get; init; }

    [Id(2)] public Epoch Term { get; init; }

    [Id(3)] public ImmutableArray<OwnerEpoch> Owners { get; init; } = [];

    public override string Key => KeyOf(Region);

    public override RowIndex Index => new("", true, "", "", DateTimeOffset.UnixEpoch);

    public static string KeyOf(RegionId region) => $"seat/{region}";
}
