using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What a task asks, with the defaults filled in.</summary>
internal static class Templates
{
    public const long DefaultMilliCpu = 1_000;
    public const long DefaultMemoryBytes = 512L << 20;

    private const long DefaultDataBytes = 1L << 30;

    public static TaskTemplate Of(PlannedTask task)
    {
        var work = task.Work;
        var capacity = new Capacity(work.Resources?.MilliCpu ?? DefaultMilliCpu, work.Resources?.MemoryBytes ?? DefaultMemoryBytes);
        var template = new TaskTemplate
        {
            Group = task.Name,
            Command = ListOf(work.Run?.Command),
            Workdir = work.Run?.Workdir,
            Image = work.Run?.Image,
            Env = MapOf(work.Run?.Env),
            Demand = DeviceDemand.Of(capacity, work),
            Regions = [.. ListOf(work.Placement?.Regions).Select(r => new RegionId(r))],
            Avoid = ListOf(work.Placement?.Avoid),
            Outputs = ListOf(work.Outputs),
            TimeLimit = work.TimeLimit,
            Retry = RetryOf(work.Retry),
            CheckpointEvery = work.Checkpoint?.Every,
            StartAfter = work.StartAfter,
            Deadline = work.Deadline,
            ExpectedRun = work.Estimate?.Runtime,
            Preemptible = work.Preemption?.Preemptible ?? true,
            InAgentNoOp = work.Run?.Handler is not null,
            Labels = MapOf(work.Labels),
            GangSize = work.Gang?.Size ?? 0,
            RegionsOrdered = work.Placement?.Ordered ?? false,
            NodeSelector = MapOf(work.Placement?.NodeSelector),
            Constraints = NodeRulesOf.Constraints(work.Placement),
            Data = DataOf(work.Placement?.DataLocality),
            DataRequired = work.Placement?.DataLocality?.Mode == LocalityMode.Require,
            Tolerations = NodeRulesOf.Tolerations(work.Placement),
            Affinity = NearRulesOf.Rules(work.Placement?.Affinity),
            AntiAffinity = NearRulesOf.Rules(work.Placement?.AntiAffinity),
            Spread = NearRulesOf.Spread(work.Placement?.Spread, task.Count),
        };
        return work.Preemption?.GraceSeconds is { } seconds
            ? template with { Grace = TimeSpan.FromSeconds(seconds) }
            : template;
    }

    private static RetryPolicy RetryOf(RetryDocument? retry) => retry is null ? RetryPolicy.Default : new RetryPolicy(
        retry.Max ?? RetryPolicy.Default.Max,
        retry.Backoff ?? RetryPolicy.Default.Backoff,
        retry.On is null ? RetryPolicy.Default.On : [.. retry.On.Select(CauseOf)]);

    private static AttemptEndCause CauseOf(RetryCause cause) => cause switch
    {
        RetryCause.Preempted => AttemptEndCause.Preempted,
        RetryCause.NodeLost => AttemptEndCause.NodeLost,
        RetryCause.LeaseExpired => AttemptEndCause.LeaseExpired,
        RetryCause.DeviceFault => AttemptEndCause.DeviceFault,
        RetryCause.OutOfMemory => AttemptEndCause.OutOfMemory,
        RetryCause.ExitNonZero => AttemptEndCause.ExitNonZero,
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "No such cause."),
    };

    private static ImmutableArray<DataPlace> DataOf(DataLocalityDocument? data) =>
    [
        .. (data?.Inputs ?? []).GroupBy(d => d.Region, d => d.SizeBytes ?? DefaultDataBytes, StringComparer.Ordinal)
            .OrderBy(region => region.Key, StringComparer.Ordinal)
            .Select(region => new DataPlace(new RegionId(region.Key), region.Sum())),
    ];

    private static ImmutableArray<string> ListOf(ValueList<string>? list) => list?.ToImmutableArray() ?? [];

    public static ImmutableSortedDictionary<string, string> MapOf(ValueList<Named<string>>? map) =>
        map is null ? ImmutableSortedDictionary<string, string>.Empty : map.ToImmutableSortedDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
}
