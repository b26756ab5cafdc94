using Lepton.Model;

namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Only nodes whose agent is heard, that take work, and that did not refuse the last offer a moment ago.</summary>
internal sealed class Ready : IFilter
{
    public string Name => nameof(Ready);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => node.Phase != NodePhase.Ready || node.IsResting;
}
