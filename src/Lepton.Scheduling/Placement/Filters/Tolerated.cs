namespace Lepton.Scheduling.Placement.Filters;

/// <summary>No node with a taint that the task does not tolerate.</summary>
internal sealed class Tolerated : IFilter
{
    public string Name => nameof(Tolerated);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => !shape.Rules.Tolerates(node);
}
