namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Only nodes of regions that the task may run in.</summary>
internal sealed class AllowedRegion : IFilter
{
    public string Name => nameof(AllowedRegion);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => !shape.Allowed.Contains(node.Id.Region);
}
