namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Only nodes that enforce the isolation the task asks for.</summary>
internal sealed class Isolation : IFilter
{
    public string Name => nameof(Isolation);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => !shape.Rules.IsEmpty && !shape.Rules.Enforces(node);
}
