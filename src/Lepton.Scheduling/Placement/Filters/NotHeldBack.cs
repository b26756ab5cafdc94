namespace Lepton.Scheduling.Placement.Filters;

/// <summary>No node whose room is held for others: standby, reserved, or freed for somebody. Whoever may use it all the same is placed apart.</summary>
internal sealed class NotHeldBack : IFilter
{
    public string Name => nameof(NotHeldBack);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => node.HeldFor is not null;
}
