namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Only nodes that carry the labels the task asks for.</summary>
internal sealed class NodeSelector : IFilter
{
    public string Name => nameof(NodeSelector);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => !shape.Rules.IsEmpty && !shape.Rules.HasLabels(node);
}
