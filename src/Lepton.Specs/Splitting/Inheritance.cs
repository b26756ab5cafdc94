namespace Lepton.Specs;

/// <summary>
/// What a task takes over from the top level of its job: field by field, the task's own value first. Labels, environments and node selectors are joined;
/// lists replace lists.
/// </summary>
internal static class Inheritance
{
    public static WorkDocument Apply(JobDocument job, TaskDocument task) => task with
    {
        Labels = Join(job.Labels, task.Labels),
        Run = Run(job.Run, task.Run),
        Resources = Resources(job.Resources, task.Resources),
        Placement = Placement(job.Placement, task.Placement),
        TimeLimit = task.TimeLimit ?? job.TimeLimit,
        StartAfter = task.StartAfter ?? job.StartAfter,
        Deadline = task.Deadline ?? job.Deadline,
        Estimate = task.Estimate ?? job.Estimate,
        Retry = Retry(job.Retry, task.Retry),
        Preemption = Preemption(job.Preemption, task.Preemption),
    };

    private static RunDocument? Run(RunDocument? job, RunDocument? task) =>
        job is null || task is null ? task : task with
    {
        Image = task.Image ?? job.Image,
        Workdir = task.Workdir ?? job.Workdir,
        Env = Join(job.Env, task.Env),
    };

    private static ResourcesDocument? Resources(ResourcesDocument? job, ResourcesDocument? task) =>
        job is null || task is null ? task ?? job : task with
    {
        MilliCpu = task.MilliCpu ?? job.MilliCpu,
        MemoryBytes = task.MemoryBytes ?? job.MemoryBytes,
        Accelerators = task.Accelerators ?? job.Accelerators,
        GpuMemoryBytes = task.GpuMemoryBytes ?? job.GpuMemoryBytes,
        Fraction = task.Fraction ?? job.Fraction,
        Mig = task.Mig ?? job.Mig,
        ComputeCapability = task.ComputeCapability ?? job.ComputeCapability,
        Interconnect = task.Interconnect ?? job.Interconnect,
        Isolation = task.Isolation ?? job.Isolation,
    };

    private static PlacementDocument? Placement(PlacementDocument? job, PlacementDocument? task) =>
        job is null || task is null ? task ?? job : task with
    {
        Regions = task.Regions ?? job.Regions,
        Ordered = task.Ordered ?? job.Ordered,
        Avoid = task.Avoid ?? job.Avoid,
        NodeSelector = Join(job.NodeSelector, task.NodeSelector),
        Constraints = task.Constraints ?? job.Constraints,
        Tolerations = task.Tolerations ?? job.Tolerations,
        Affinity = task.Affinity ?? job.Affinity,
        AntiAffinity = task.AntiAffinity ?? job.AntiAffinity,
        Spread = task.Spread ?? job.Spread,
    };

    private static PreemptionDocument? Preemption(PreemptionDocument? job, PreemptionDocument? task) =>
        job is null || task is null ? task ?? job : task with
    {
        GraceSeconds = task.GraceSeconds ?? job.GraceSeconds,
        Preemptible = task.Preemptible ?? job.Preemptible,
    };

    private static RetryDocument? Retry(RetryDocument? job, RetryDocument? task) =>
        job is null || task is null ? task ?? job : task with
    {
        Max = task.Max ?? job.Max,
        Backoff = task.Backoff ?? job.Backoff,
        On = task.On ?? job.On,
    };

    private static ValueList<Named<string>>? Join(ValueList<Named<string>>? job, ValueList<Named<string>>? task)
    {
        if (job is null || task is null) return task ?? job;
        var own = task.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        return [.. job.Where(e => !own.Contains(e.Name)).Concat(task).OrderBy(e => e.Name, StringComparer.Ordinal)];
    }
}
