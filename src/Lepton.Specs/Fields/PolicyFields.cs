namespace Lepton.Specs;

/// <summary>The tables of retry, preemption, checkpoint and the policies about money and copies.</summary>
internal static class PolicyFields
{
    private static readonly EnumShape<RetryCause> Cause = new(
        ("preempted", RetryCause.Preempted), ("nodeLost", RetryCause.NodeLost), ("leaseExpired", RetryCause.LeaseExpired),
        ("deviceFault", RetryCause.DeviceFault), ("outOfMemory", RetryCause.OutOfMemory), ("exitNonZero", RetryCause.ExitNonZero));

    public static readonly ObjectShape<RetryDocument> Retry = new ObjectShape<RetryDocument>(() => new())
        .Field("max", new IntShape(0, SpecLimits.Retries), d => d.Max, (d, v) => d with { Max = v },
            "Retries, not attempts. Default 3.")
        .Field("backoff", Rules.DurationOrZero, d => d.Backoff, (d, v) => d with { Backoff = v },
            "Pause before the next attempt. Default 1s.")
        .Field("on", new ListShape<RetryCause>(Cause, 0, 6, "causes") { Unique = true },
            d => d.On, (d, v) => d with { On = v },
            "Ends that are retried. Default nodeLost, leaseExpired, deviceFault.");

    public static readonly ObjectShape<PreemptionDocument> Preemption = new ObjectShape<PreemptionDocument>(() => new())
        .Field("preemptible", Rules.Flag, d => d.Preemptible, (d, v) => d with { Preemptible = v },
            "May be ended for a task of higher priority.")
        .Field("graceSeconds", new IntShape(0, SpecLimits.GraceSeconds),
            d => d.GraceSeconds, (d, v) => d with { GraceSeconds = v },
            "Seconds between the ask to stop and the kill. Default 10.")
        .Field("maxMoves", new IntShape(0, 1_000), d => d.MaxMoves, (d, v) => d with { MaxMoves = v },
            "Moves to another node, at most.");

    public static readonly ObjectShape<CheckpointDocument> Checkpoint = new ObjectShape<CheckpointDocument>(() => new())
        .Field("every", Rules.Duration, d => d.Every, (d, v) => d with { Every = v },
            "Interval at which the task is expected to write checkpoints.")
        .Field("path", Rules.Short, d => d.Path, (d, v) => d with { Path = v }, "Where checkpoints are kept.");

    public static readonly ObjectShape<EstimateDocument> Estimate = new ObjectShape<EstimateDocument>(() => new())
        .Field("runtime", Rules.Duration, d => d.Runtime, (d, v) => d with { Runtime = v }, "Expected run time.")
        .Field("gpuUtil", new DecimalShape("a share", 0, 1), d => d.GpuUtil, (d, v) => d with { GpuUtil = v },
            "Expected use of the GPUs.");

    public static readonly ObjectShape<BudgetDocument> Budget = new ObjectShape<BudgetDocument>(() => new())
        .Field("maxUsd", Rules.Usd, d => d.MaxUsd, (d, v) => d with { MaxUsd = v }, "In all.")
        .Field("maxHourlyUsd", Rules.Usd, d => d.MaxHourlyUsd, (d, v) => d with { MaxHourlyUsd = v }, "In one hour.")
        .Field("onExceed", new EnumShape<OnExceed>(("hold", OnExceed.Hold), ("spot", OnExceed.Spot), ("stop", OnExceed.Stop)),
            d => d.OnExceed,
            (d, v) => d with { OnExceed = v }, "What happens then.");

    public static readonly ObjectShape<RedundancyDocument> Redundancy = new ObjectShape<RedundancyDocument>(() => new())
        .Field("copies", new IntShape(1, 9), d => d.Copies, (d, v) => d with { Copies = v }, "Copies of the task.")
        .Field("spread", PlacementFields.Level, d => d.Spread, (d, v) => d with { Spread = v },
            "Failure domain that holds one copy at most.")
        .Field("accept", new EnumShape<AcceptRule>(("first", AcceptRule.First), ("majority", AcceptRule.Majority)),
            d => d.Accept,
            (d, v) => d with { Accept = v }, "Which result counts.")
        .Field("result", Rules.Output, d => d.Result, (d, v) => d with { Result = v },
            "File that a majority compares.");

    public static readonly ObjectShape<GangDocument> Gang = new ObjectShape<GangDocument>(() => new(), "size")
        .Field("size", new IntShape(1, 100_000), d => d.Size, (d, v) => d with { Size = v }, "Members: tasks that start together or not at all, and start again together.")
        .Field("minAvailable", new IntShape(1, 100_000), d => d.MinAvailable, (d, v) => d with { MinAvailable = v },
            "Members that are enough to start.")
        .Field("sameRegion", Rules.Flag, d => d.SameRegion, (d, v) => d with { SameRegion = v }, "All in one region.");

    public static readonly EnumShape<SpotUse> Spot =
        new(("allow", SpotUse.Allow), ("only", SpotUse.Only), ("never", SpotUse.Never));
}
