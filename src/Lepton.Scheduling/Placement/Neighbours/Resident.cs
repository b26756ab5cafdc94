using Lepton.Model;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>The tasks of one group as their neighbours see them: whose they are, what they carry, and where those under way are.</summary>
internal sealed class Resident(TenantId tenant, JobId job, TaskTemplate template)
{
    public TenantId Tenant => tenant;

    public JobId Job => job;

    public TaskTemplate Template => template;

    /// <summary>Where its tasks are.</summary>
    public Dictionary<TaskId, Abode> Tasks { get; } = [];

    /// <summary>Everything that counts its tasks.</summary>
    public List<Census> CountedBy { get; } = [];

    /// <summary>Its shapes among their neighbours, as long as no rule of others came or went.</summary>
    public Dictionary<TaskShape, TaskShape> Shapes { get; } = [];

    public long ShapesAt { get; set; }
}

/// <summary>Where a task is: a node of this region, or another region.</summary>
internal readonly record struct Abode(NodeEntry? Node, RegionId Region);
