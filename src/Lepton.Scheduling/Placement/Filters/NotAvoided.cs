namespace Lepton.Scheduling.Placement.Filters;

/// <summary>No node that the task asks to stay away from.</summary>
internal sealed class NotAvoided : IFilter
{
    public string Name => nameof(NotAvoided);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => !shape.AvoidedNodes.IsEmpty && shape.AvoidedNodes.Contains(node.Id);
}
