namespace Lepton.Specs;

/// <summary>The fields of one task, added to the table of whatever they stand in.</summary>
internal static class WorkFields
{
    public static ObjectShape<T> AddWork<T>(this ObjectShape<T> shape)
        where T : WorkDocument => shape
        .Field("labels", PlacementFields.Labels("labels"),
            d => d.Labels, (d, v) => (T)(d with { Labels = v }), "Labels to find the tasks by.")
        .Field("dependsOn", new ListShape<string>(Rules.Short, 0, SpecLimits.Groups, "tasks") { Unique = true },
            d => d.DependsOn,
            (d, v) => (T)(d with { DependsOn = v }), "Tasks of the same job that must have succeeded before.")
        .Field("run", RunFields.Shape, d => d.Run, (d, v) => (T)(d with { Run = v }), "What is executed.")
        .Field("resources", ResourceFields.Shape,
            d => d.Resources, (d, v) => (T)(d with { Resources = v }), "What is asked of a node.")
        .Field("placement", PlacementFields.Shape,
            d => d.Placement, (d, v) => (T)(d with { Placement = v }), "Where the task may run.")
        .Field("redundancy", PolicyFields.Redundancy,
            d => d.Redundancy, (d, v) => (T)(d with { Redundancy = v }), "Copies of the task.")
        .Field("gang", PolicyFields.Gang, d => d.Gang, (d, v) => (T)(d with { Gang = v }), "Tasks that start together.")
        .Field("timeLimit", Rules.Duration,
            d => d.TimeLimit, (d, v) => (T)(d with { TimeLimit = v }), "An attempt that runs longer is ended: 6h, 3h40m, 30s.")
        .Field("deadline", Rules.Timestamp,
            d => d.Deadline, (d, v) => (T)(d with { Deadline = v }), "When the task must have ended.")
        .Field("startAfter", Rules.Timestamp, d => d.StartAfter, (d, v) => (T)(d with { StartAfter = v }),
            "The task is not started before: ISO 8601 with a zone, 2026-11-23T20:00:00Z.")
        .Field("retry", PolicyFields.Retry,
            d => d.Retry, (d, v) => (T)(d with { Retry = v }), "When an ended attempt is followed by another.")
        .Field("preemption", PolicyFields.Preemption,
            d => d.Preemption, (d, v) => (T)(d with { Preemption = v }), "How the task may be interrupted.")
        .Field("checkpoint", PolicyFields.Checkpoint,
            d => d.Checkpoint, (d, v) => (T)(d with { Checkpoint = v }), "How the task saves its progress.")
        .Field("estimate", PolicyFields.Estimate,
            d => d.Estimate, (d, v) => (T)(d with { Estimate = v }), "What is expected of the task.")
        .Field("budget", PolicyFields.Budget,
            d => d.Budget, (d, v) => (T)(d with { Budget = v }), "What the task may cost.")
        .Field("spot", PolicyFields.Spot,
            d => d.Spot, (d, v) => (T)(d with { Spot = v }), "Whether interruptible capacity is used.")
        .Field("outputs", new ListShape<string>(Rules.Output, 0, SpecLimits.Outputs, "outputs") { Unique = true },
            d => d.Outputs,
            (d, v) => (T)(d with { Outputs = v }), "Names or globs below the output folder that are kept as artifacts.");
}
