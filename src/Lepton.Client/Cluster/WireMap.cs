using System.Collections.Immutable;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>From the fleet's own records to those of the wire: names for enums, text for ids, nothing invented.</summary>
internal static class WireMap
{
    public static ResourceAmount Of(Capacity c) => new() { MilliCpu = c.MilliCpu, MemoryBytes = c.MemoryBytes };

    public static TaskDemand Of(Demand d) => new()
    {
        MilliCpu = d.Capacity.MilliCpu,
        MemoryBytes = d.Capacity.MemoryBytes,
        Devices = d.DeviceAsks() is [var first, ..] ? first.Count : 0,
        Kind = d.DeviceAsks() is [var kind, ..] ? kind.Kind.ToString() : nameof(DeviceKind.Cpu),
        Model = d.DeviceAsks() is [{ Models: [var model, ..] }, ..] ? model : null,
    };

    public static JobSummary Of(JobItem j) => new()
    {
        Id = j.Job.ToString(),
        Name = j.Name,
        State = j.Phase.ToString(),
        Tasks = j.Tasks,
        Priority = j.Priority,
        SubmittedAt = j.SubmittedAt,
        EndedAt = j.EndedAt,
    };

    public static JobDetail Of(JobDescription j) => new()
    {
        Id = j.Job.ToString(),
        Name = j.Spec.Name,
        State = j.Phase.ToString(),
        Tasks = j.Spec.TaskCount,
        Priority = j.Spec.Priority,
        SubmittedAt = j.SubmittedAt,
        EndedAt = j.EndedAt,
        Kind = j.Spec.Kind,
        Owner = j.Job.Owner.Value,
        Queue = j.Spec.Queue,
        Labels = j.Spec.Labels,
        Groups =
        [
            .. j.Groups.Select(g => new JobGroup
            {
                Name = g.Name,
                Total = g.Total,
                Succeeded = g.Succeeded,
                Failed = g.Failed,
                Cancelled = g.Cancelled,
                Ready = g.Ready,
            }),
        ],
        Message = Said(j.Message),
        Spec = j.Spec.Source,
    };

    public static TaskSummary Of(TaskItem t) => new()
    {
        Id = t.Task.ToString(),
        Job = t.Task.Job.ToString(),
        Name = t.Name,
        Group = t.Group,
        State = t.Phase.ToString(),
        Reason = t.Reason?.ToString(),
        Evidence = Said(t.Evidence),
        Region = t.Region?.Value,
        Node = t.Node?.ToString(),
        Attempt = t.Attempt,
        SubmittedAt = t.SubmittedAt,
        StartedAt = t.StartedAt,
        EndedAt = t.EndedAt,
        ExitCode = t.ExitCode,
        Message = Said(t.Message),
        Demand = Of(t.Demand),
        Metrics = Of(t.Metrics),
        Artifacts = Of(t.Artifacts),
    };

    /// <summary>A task put together from its job, its own record if it was ever dispatched, and the live picture if it is in flight or queued.</summary>
    public static TaskDetail Of(TaskId task, JobDescription job, TaskRow? row, Overlay? live)
    {
        var group = job.Spec.GroupOf(task.Index);
        var end = row?.Current?.End;
        var phase = PhaseOf(task, job, row, live);
        if (phase.IsTerminal()) live = null;
        return new TaskDetail
        {
            Id = task.ToString(),
            Job = job.Job.ToString(),
            Name = job.Spec.TaskCount == 1 ? job.Spec.Name : $"{job.Spec.Name}/{group.Name}",
            Group = group.Name,
            State = phase.ToString(),
            Reason = live?.Reason?.ToString(),
            Evidence = Said(live?.Evidence),
            Region = (live?.Region ?? row?.Current?.Region)?.Value,
            Node = (live?.Node ?? row?.Current?.Node)?.ToString(),
            Attempt = Math.Max(live?.Attempt ?? 0, row?.Attempt ?? 0),
            SubmittedAt = job.SubmittedAt,
            StartedAt = live?.StartedAt ?? end?.StartedAt,
            EndedAt = row?.EndedAt ?? (phase.IsTerminal() ? job.EndedAt : null),
            ExitCode = end?.ExitCode,
            Message = Said(row?.Message) ?? (row is null && phase.IsTerminal() ? WhyNeverDispatched(task, job) : null),
            Demand = Of(group.Template.Demand),
            Metrics = Of(end?.Metrics ?? []),
            Artifacts = Of(end?.Artifacts ?? []),
            Index = task.Index,
            Owner = task.Owner.Value,
            Queue = job.Spec.Queue,
            Priority = job.Spec.Priority,
            Labels = job.Spec.Labels.SetItems(group.Template.Labels),
            Attempts = row is null || row.Attempts.IsDefault ? [] : [.. row.Attempts.Select(a => Of(a, live))],
        };
    }

    public static TaskExplanation Of(Explanation e) => new()
    {
        Task = e.Task.ToString(),
        State = e.Phase.ToString(),
        Reason = e.Reason?.ToString(),
        Evidence = e.Evidence,
        Next = e.Next,
        Regions = [.. e.Regions.Select(Of)],
        QueuePosition = e.QueuePosition,
        Start = e.Start is { } s ? new StartRange(s.Earliest, s.Expected, s.Latest) : null,
        EvaluatedAt = e.EvaluatedAt,
    };

    public static RegionOpinion Of(RegionVerdict r) => new()
    {
        Region = r.Region.Value,
        Reason = r.Reason.ToString(),
        Evidence = r.Evidence,
        Nodes = r.Nodes,
        Fitting = r.Fitting,
        TurnedDown = r.TurnedDown.IsDefault ? [] : [.. r.TurnedDown.Select(t => new TurnedDown { Filter = t.Filter, Nodes = t.Nodes, Detail = t.Detail })],
        PictureAgeSeconds = r.PictureAge.TotalSeconds,
    };

    public static RegionDetail Of(FleetPicture.RegionAnswer answer, RegionId self, DateTimeOffset now)
    {
        var summary = answer.Last;
        return new RegionDetail
        {
            Region = answer.Region.Value,
            State = answer.View is null ? RegionDetail.Unreachable : summary!.ReadyNodes > 0 ? RegionDetail.Ready : RegionDetail.NoNodes,
            Here = answer.Region == self,
            AsOf = summary?.At,
            AgeSeconds = answer.View is not null ? 0 : answer.HeardAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : null,
            Nodes = summary?.Nodes,
            ReadyNodes = summary?.ReadyNodes,
            Total = summary is null ? null : Of(summary.Total),
            Allocated = summary is null ? null : Of(summary.Total - summary.Free),
            LargestNode = summary is null ? null : Of(summary.LargestNode),
            Pending = summary?.Pending,
            Running = summary?.Running,
            Guests = summary?.GuestsHeld,
            Devices = summary is null || summary.Devices.IsDefault ? [] : [.. summary.Devices.Select(DeviceMap.Of)],
            Message = answer.Why,
        };
    }

    public static NodeDetail Of(NodeView n) => new()
    {
        Id = n.Node.ToString(),
        Region = n.Node.Region.Value,
        State = n.Phase.ToString(),
        Total = Of(n.Total),
        Allocated = Of(n.Allocated),
        Attempts = n.Attempts,
        LastBeat = n.LastBeat,
        AgentVersion = n.AgentVersion,
        Devices = n.Devices.IsDefault ? [] : [.. n.Devices.Select(DeviceMap.Of)],
        DriverVersion = n.DriverVersion,
        CudaVersion = n.CudaVersion,
        Isolation = DeviceMap.Of(n.Isolation),
        DevicesFault = n.DevicesFault,
        Labels = n.Labels ?? ImmutableSortedDictionary<string, string>.Empty,
        Taints = n.Taints.IsDefault ? [] : [.. n.Taints.Select(t => t.ToString())],
    };

    /// <summary>What was never dispatched has no record of its own: its job's says it.</summary>
    private static TaskPhase PhaseOf(TaskId task, JobDescription job, TaskRow? row, Overlay? live)
    {
        if (row is not null && row.Phase.IsTerminal()) return row.Phase;
        if (live is not null) return live.Phase;
        if (row is not null) return row.Phase;
        var cancelled = job.Phase == JobPhase.Cancelling || job.EndedAt is not null || job.CancelledIndexes.Contains(task.Index) || Doom(task, job) is not null;
        return cancelled ? TaskPhase.Cancelled : TaskPhase.Pending;
    }

    private static string WhyNeverDispatched(TaskId task, JobDescription job) =>
        job.CancelledIndexes.Contains(task.Index) ? "cancelled before it was dispatched"
        : job.Phase == JobPhase.Cancelling ? Said(job.Message) ?? "cancelled before it was dispatched"
        : Doom(task, job)?.Why ?? Said(job.Message) ?? "the job ended before it was dispatched";

    private static DoomedGroup? Doom(TaskId task, JobDescription job) =>
        job.DoomedGroups.FirstOrDefault(d => d.Group == job.Spec.GroupOf(task.Index).Name);

    /// <summary>When an attempt started is written with its end; until then the live picture knows it.</summary>
    private static TaskAttempt Of(AttemptRecord a, Overlay? live) => new()
    {
        Number = a.Number,
        Region = a.Region.Value,
        Node = (a.Node ?? (live?.Attempt == a.Number ? live.Node : null))?.ToString(),
        LeasedAt = a.LeasedAt,
        StartedAt = a.End is null && live?.Attempt == a.Number ? live.StartedAt : a.End?.StartedAt,
        EndedAt = a.End?.EndedAt,
        End = a.End?.Cause.ToString(),
        ExitCode = a.End?.ExitCode,
        Signal = a.End?.Signal,
        Message = Said(a.End?.Message),
        ExpectedRunSeconds = a.ExpectedRun?.TotalSeconds,
        Usage = DeviceMap.Of(a.End?.Usage),
    };

    private static ImmutableArray<TaskMetric> Of(ImmutableArray<MetricValue> metrics) =>
        metrics.IsDefault ? [] : [.. metrics.Select(m => new TaskMetric { Name = m.Name, Value = m.Value, Step = m.Step })];

    private static ImmutableArray<TaskArtifact> Of(ImmutableArray<ArtifactRef> artifacts) => artifacts.IsDefault
        ? []
        : [.. artifacts.Select(a => new TaskArtifact { Name = a.Name, Region = a.Region.Value, Sha256 = a.Sha256, SizeBytes = a.SizeBytes })];

    private static string? Said(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
