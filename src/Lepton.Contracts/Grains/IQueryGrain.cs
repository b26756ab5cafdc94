using System.Collections.Immutable;
using Lepton.Model;
using Orleans;

namespace Lepton.Contracts;

/// <summary>Reads of stored rows, paged, that wake no other grain. Stateless; key 0.</summary>
public interface IQueryGrain : IGrainWithIntegerKey
{
    Task<TaskPage> Tasks(TaskQuery query);

    Task<JobPage> Jobs(JobQuery query);
}

/// <summary>Which tasks to list: of one job or of all, in these phases, from a cursor.</summary>
[GenerateSerializer, Immutable, Alias("TaskQuery")]
public sealed record TaskQuery
{
    [Id(0)] public JobId? Job { get; init; }

    [Id(1)] public ImmutableArray<TaskPhase> Phases { get; init; } = [];

    [Id(2)] public RegionId? RunsIn { get; init; }

    [Id(3)] public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>1 to 500.</summary>
    [Id(4)] public int Limit { get; init; } = 50;

    [Id(5)] public string? Cursor { get; init; }
}

/// <summary>One task in a list, the stored record and the live picture put together.</summary>
[GenerateSerializer, Immutable, Alias("TaskItem")]
public sealed record TaskItem(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] string Name,
    [property: Id(2)] string Group,
    [property: Id(3)] TaskPhase Phase,
    [property: Id(4)] RegionId? Region,
    [property: Id(5)] NodeId? Node,
    [property: Id(6)] int Attempt,
    [property: Id(7)] PendingReason? Reason,
    [property: Id(8)] string? Evidence,
    [property: Id(9)] DateTimeOffset SubmittedAt,
    [property: Id(10)] DateTimeOffset? StartedAt,
    [property: Id(11)] DateTimeOffset? EndedAt,
    [property: Id(12)] int? ExitCode,
    [property: Id(13)] string Message,
    [property: Id(14)] Demand Demand,
    [property: Id(15)] ImmutableArray<MetricValue> Metrics,
    [property: Id(16)] ImmutableArray<ArtifactRef> Artifacts);

/// <summary>A page of tasks; <see cref="Total"/> counts all that match.</summary>
[GenerateSerializer, Immutable, Alias("TaskPage")]
public sealed record TaskPage(
    [property: Id(0)] ImmutableArray<TaskItem> Items,
    [property: Id(1)] string? NextCursor,
    [property: Id(2)] long Total);

/// <summary>Which jobs to list, newest first.</summary>
[GenerateSerializer, Immutable, Alias("JobQuery")]
public sealed record JobQuery
{
    [Id(0)] public string? Name { get; init; }

    [Id(1)] public bool LiveOnly { get; init; }

    [Id(2)] public int Limit { get; init; } = 50;

    [Id(3)] public string? Cursor { get; init; }

    /// <summary>Start of a job id, to resolve what a person typed.</summary>
    [Id(4)] public string? IdPrefix { get; init; }
}

[GenerateSerializer, Immutable, Alias("JobItem")]
public sealed record JobItem(
    [property: Id(0)] JobId Job,
    [property: Id(1)] string Name,
    [property: Id(2)] JobPhase Phase,
    [property: Id(3)] int Tasks,
    [property: Id(4)] DateTimeOffset SubmittedAt,
    [property: Id(5)] DateTimeOffset? EndedAt,
    [property: Id(6)] int Priority);

[GenerateSerializer, Immutable, Alias("JobPage")]
public sealed record JobPage([property: Id(0)] ImmutableArray<JobItem> Items, [property: Id(1)] string? NextCursor, [property: Id(2)] long Total);
