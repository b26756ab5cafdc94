using Lepton.Scheduling.Placement.Neighbours;

namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Only nodes of a failure domain where the tasks are that this one must be near to.</summary>
internal sealed class Affinity : IFilter
{
    public string Name => nameof(Affinity);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.Neighbours?.TurnsDown(NearKind.Near, shape, node) == true;
}
