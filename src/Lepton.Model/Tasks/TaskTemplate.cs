using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// What all tasks of one group have in common, ready to run: one object shared by every task of the group.
/// Placeholders (<c>${input}</c>, <c>${grid.NAME}</c>, <c>${index}</c>, <c>${outputs.GROUP}</c>, <c>${checkpoint}</c>) are filled in on the node.
/// </summary>
[GenerateSerializer, Immutable, Alias("TaskTemplate")]
public sealed record TaskTemplate
{
    [Id(0)] public required string Group { get; init; }

    /// <summary>Program and arguments; never passed through a shell.</summary>
    [Id(1)] public required ImmutableArray<string> Command { get; init; }

    [Id(2)] public string? Workdir { get; init; }

    [Id(3)] public ImmutableSortedDictionary<string, string> Env { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    [Id(4)] public required Demand Demand { get; init; }

    /// <summary>Regions the task may run in; empty = all.</summary>
    [Id(5)] public ImmutableArray<RegionId> Regions { get; init; } = [];

    /// <summary>Regions or nodes (<c>region/name</c>) the task must not run on.</summary>
    [Id(6)] public ImmutableArray<string> Avoid { get; init; } = [];

    /// <summary>Names or globs of files under the output folder that are kept as artifacts.</summary>
    [Id(7)] public ImmutableArray<string> Outputs { get; init; } = [];

    [Id(8)] public TimeSpan? TimeLimit { get; init; }

    /// <summary>Time between the ask to stop (SIGTERM, checkpoint) and the kill.</summary>
    [Id(9)] public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    [Id(10)] public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Interval at which the task is expected to write checkpoints; null = it writes none.</summary>
    [Id(11)] public TimeSpan? CheckpointEvery { get; init; }

    [Id(12)] public DateTimeOffset? StartAfter { get; init; }

    /// <summary>True: the no-op handler that runs inside the agent, for measuring the path without a process.</summary>
    [Id(13)] public bool InAgentNoOp { get; init; }

    [Id(14)] public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>So many consecutive tasks of the group start together or not at all, and start again together; 0: each by itself.</summary>
    [Id(20)] public int GangSize { get; init; }

    /// <summary>Labels that a node must carry, each with exactly this value.</summary>
    [Id(30)] public ImmutableSortedDictionary<string, string> NodeSelector { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Conditions on attributes of the node; all must hold.</summary>
    [Id(31)] public ImmutableArray<NodeRule> Constraints { get; init; } = [];

    /// <summary><see cref="Regions"/> are a preference, best first: a later one is taken only while those before it have no room.</summary>
    [Id(32)] public bool RegionsOrdered { get; init; }

    /// <summary>Taints of nodes that do not keep the task away.</summary>
    [Id(40)] public ImmutableArray<Toleration> Tolerations { get; init; } = [];

    /// <summary>Tasks that must, or should, run in the same failure domain.</summary>
    [Id(41)] public ImmutableArray<NearRule> Affinity { get; init; } = [];

    /// <summary>Tasks that must not, or should not, run in the same failure domain.</summary>
    [Id(42)] public ImmutableArray<NearRule> AntiAffinity { get; init; } = [];

    /// <summary>How the tasks of the group are spread; null: as it comes.</summary>
    [Id(43)] public SpreadRule? Spread { get; init; }

    /// <summary>The only regions in which the task's job may be, with all it writes; null = anywhere.</summary>
    [Id(50)] public Residency? Residency { get; init; }

    /// <summary>Image of the container that the command runs in; null: it is a process of the machine.</summary>
    [Id(60)] public string? Image { get; init; }

    /// <summary>Where data lie that the tasks read on their own, one entry for each region, by name; empty: nobody said.</summary>
    [Id(70)] public ImmutableArray<DataPlace> Data { get; init; } = [];

    /// <summary>They must run where all of <see cref="Data"/> lie; false: they should, where most lie.</summary>
    [Id(71)] public bool DataRequired { get; init; }

    public bool IsGang => GangSize > 0;

    /// <summary>What is not over by then ends as timed out, started or not.</summary>
    [Id(15)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Run time that its submitter expects: used until enough runs like it have been seen.</summary>
    [Id(16)] public TimeSpan? ExpectedRun { get; init; }

    /// <summary>May be put off for a task of higher priority or for a queue that takes its quota back.</summary>
    [Id(17)] public bool Preemptible { get; init; } = true;
}

/// <summary>One input of a job: where it lies decides where tasks on it run best.</summary>
[GenerateSerializer, Immutable, Alias("InputRef")]
public sealed record InputRef([property: Id(0)] string Uri, [property: Id(1)] RegionId? Region, [property: Id(2)] long SizeBytes);

/// <summary>Outputs of one finished task of a group that another group depends on.</summary>
[GenerateSerializer, Immutable, Alias("UpstreamOutput")]
public sealed record UpstreamOutput(
    [property: Id(0)] string Group,
    [property: Id(1)] int IndexInGroup,
    [property: Id(2)] ImmutableArray<ArtifactRef> Artifacts);

/// <summary>Everything the agent needs to run one attempt of one task.</summary>
[GenerateSerializer, Immutable, Alias("RunSpec")]
public sealed record RunSpec(
    [property: Id(0)] TaskId Task,
    [property: Id(1)] string JobName,
    [property: Id(2)] TenantId Tenant,
    [property: Id(3)] TaskTemplate Template,
    [property: Id(4)] int IndexInGroup,
    [property: Id(5)] InputRef? Input,
    [property: Id(6)] ImmutableSortedDictionary<string, string> Grid,
    [property: Id(7)] ImmutableArray<UpstreamOutput> Upstream,
    [property: Id(8)] int Priority,
    [property: Id(9)] DateTimeOffset SubmittedAt,
    [property: Id(10)] string? RestoreFrom = null)
{
    /// <summary>The queue it waits in and is counted under, here and in other regions.</summary>
    [Id(11)] public string Queue { get; init; } = QueueSettings.DefaultName;

    /// <summary>The gang that this attempt starts with; null for a task that starts by itself.</summary>
    [Id(12)] public GangRun? Gang { get; init; }
}
