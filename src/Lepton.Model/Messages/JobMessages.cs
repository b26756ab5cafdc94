using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>To a job: take this spec. The job's id is derived from the idempotency key, so a repeat meets the same job.</summary>
/// <remarks>Replies <see cref="JobAccepted"/> once durable, or <see cref="Refused"/> (<c>Conflict</c>: same key, other body).</remarks>
[GenerateSerializer, Immutable, Alias("SubmitJob")]
public sealed record SubmitJob([property: Id(0)] JobId Job, [property: Id(1)] JobSpec Spec, [property: Id(2)] string BodyHash) : Message;

/// <summary>
/// To the job that an idempotency key stands for in its own region: a job of another region is submitted under it, because its residency forbids this one.
/// Replies <see cref="Ack"/> once durable, or <see cref="Refused"/> (<c>Conflict</c>: the key is another job's).
/// </summary>
[GenerateSerializer, Immutable, Alias("HoldKey")]
public sealed record HoldKey([property: Id(0)] JobId Job, [property: Id(1)] JobId For) : Message;

[GenerateSerializer, Immutable, Alias("JobAccepted")]
public sealed record JobAccepted([property: Id(0)] JobId Job, [property: Id(1)] int Tasks, [property: Id(2)] bool Replayed) : Reply;

/// <summary>To a job: end all its tasks. Replies <see cref="Ack"/> once the wish is durable; the tasks end later.</summary>
[GenerateSerializer, Immutable, Alias("CancelJob")]
public sealed record CancelJob([property: Id(0)] JobId Job, [property: Id(1)] string Reason, [property: Id(2)] bool Force) : Message;

/// <summary>To a job: end one of its tasks, dispatched or not.</summary>
[GenerateSerializer, Immutable, Alias("CancelOne")]
public sealed record CancelOne([property: Id(0)] TaskId Task, [property: Id(1)] string Reason, [property: Id(2)] bool Force) : Message;

/// <summary>Task to its job: my one terminal outcome, durable. Repeated until acknowledged.</summary>
[GenerateSerializer, Immutable, Alias("TaskEnded")]
public sealed record TaskEnded(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] TaskPhase Phase,
    [property: Id(2)] ImmutableArray<ArtifactRef> Artifacts,
    [property: Id(3)] string Message) : Message;

/// <summary>
/// Region to a job: by my book every task of these groups is over, and nothing has followed for a while. Replies <see cref="Ack"/>; the job asks
/// the tasks whose outcome it does not know.
/// </summary>
[GenerateSerializer, Immutable, Alias("GroupsEnded")]
public sealed record GroupsEnded([property: Id(0)] JobId Job, [property: Id(1)] ImmutableArray<string> Groups) : Message;

/// <summary>To a job: how far are you. Replies <see cref="JobDescription"/> or <see cref="Refused"/> (NotFound).</summary>
[GenerateSerializer, Immutable, Alias("DescribeJob")]
public sealed record DescribeJob([property: Id(0)] JobId Job) : Message;

/// <summary>Progress of one group of a job.</summary>
[GenerateSerializer, Immutable, Alias("GroupProgress")]
public sealed record GroupProgress(
    [property: Id(0)] string Name,
    [property: Id(1)] int Total,
    [property: Id(2)] int Succeeded,
    [property: Id(3)] int Failed,
    [property: Id(4)] int Cancelled,
    [property: Id(5)] bool Ready);

[GenerateSerializer, Immutable, Alias("JobDescription")]
public sealed record JobDescription(
    [property: Id(0)] JobId Job,
    [property: Id(1)] JobSpec Spec,
    [property: Id(2)] JobPhase Phase,
    [property: Id(3)] DateTimeOffset SubmittedAt,
    [property: Id(4)] DateTimeOffset? EndedAt,
    [property: Id(5)] ImmutableArray<GroupProgress> Groups,
    [property: Id(6)] string? Message) : Reply
{
    /// <summary>Single tasks that were cancelled before they were dispatched; they have no record of their own.</summary>
    [Id(7)] public ImmutableArray<int> CancelledIndexes { get; init; } = [];

    /// <summary>Groups that will never start, and why; their tasks have no record of their own either.</summary>
    [Id(8)] public ImmutableArray<DoomedGroup> DoomedGroups { get; init; } = [];
}
