using Lepton.Scheduling.Placement.Neighbours;

namespace Lepton.Scheduling.Placement.Filters;

/// <summary>No node of a failure domain where a task is that this one must be away from, or that must be away from this one.</summary>
internal sealed class AntiAffinity : IFilter
{
    public string Name => nameof(AntiAffinity);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.Neighbours?.TurnsDown(NearKind.Away, shape, node) == true;
}
