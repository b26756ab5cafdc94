using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Tests;

/// <summary>Jobs, and records of their tasks, in few words.</summary>
internal static class Specs
{
    public static TaskGroup Group(string name, int first, int count, params string[] dependsOn) =>
        new(name, first, count, Some.Template() with { Group = name }, [], [], [.. dependsOn]);

    public static TaskGroup Group(string name, int first, int count, TaskTemplate template) =>
        new(name, first, count, template with { Group = name }, [], [], []);

    public static JobSpec Job(params TaskGroup[] groups) => new() { Kind = "batch", Name = "job", Groups = [.. groups] };

    public static SubmitJob Submit(params TaskGroup[] groups) => new(Some.Job, Job(groups), "hash");

    public static TaskEnded Ended(int index, TaskPhase phase = TaskPhase.Succeeded, string message = "", params ArtifactRef[] artifacts) =>
        new(Some.Task(index), phase, [.. artifacts], message);

    public static JobReady Ready(JobSpec spec, JobId? job = null, DateTimeOffset? submittedAt = null) => new(
        job ?? Some.Job,
        spec,
        submittedAt ?? MachineHarness.Start,
        [.. spec.Groups.Where(g => g.DependsOn.IsEmpty).Select(g => new ReadyRange(g.Name, g.First, g.Count))],
        []);

    public static JobRow Row(JobSpec spec, JobId? job = null) => new()
    {
        Job = job ?? Some.Job,
        Spec = spec,
        BodyHash = "hash",
        SubmittedAt = MachineHarness.Start,
        Phase = JobPhase.Active,
    };

    public static TaskRow TaskRow(int index, TaskPhase phase, int attempt = 1, NodeId? node = null, RegionId? region = null, JobId? job = null) => new()
    {
        Task = new TaskId(job ?? Some.Job, index),
        Tenant = TenantId.Default,
        Name = $"t{index}",
        Phase = phase,
        Attempt = attempt,
        Attempts =
        [
            new AttemptRecord(
                attempt,
                region ?? Some.East,
                region is null ? node ?? Some.N1 : node,
                MachineHarness.Start,
                phase.IsTerminal() || phase == TaskPhase.Pending ? Some.End() : null),
        ],
        SubmittedAt = MachineHarness.Start,
    };

    public static NodeChanged Says(NodeId node, long version = 1, NodeSpec? spec = null, NodePhase phase = NodePhase.Ready, long epoch = 1, params Held[] holds) =>
        new(node, new Epoch(epoch), version, phase, spec ?? Some.Node(), true, [.. holds], [], MachineHarness.Start);
}
