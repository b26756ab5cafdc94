namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Only nodes whose attributes meet the conditions of the task.</summary>
internal sealed class Constraints : IFilter
{
    public string Name => nameof(Constraints);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => !shape.Rules.IsEmpty && !shape.Rules.MeetsConstraints(node);
}
