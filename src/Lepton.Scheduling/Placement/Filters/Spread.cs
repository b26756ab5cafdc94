using Lepton.Scheduling.Placement.Neighbours;

namespace Lepton.Scheduling.Placement.Filters;

/// <summary>No node of a failure domain that has its part of the tasks of the group already.</summary>
internal sealed class Spread : IFilter
{
    public string Name => nameof(Spread);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.Neighbours?.TurnsDown(NearKind.Spread, shape, node) == true;
}
