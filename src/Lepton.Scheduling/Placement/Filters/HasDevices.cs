namespace Lepton.Scheduling.Placement.Filters;

/// <summary>Devices are not handed out yet: a task that asks for any fits no node.</summary>
internal sealed class HasDevices : IFilter
{
    public string Name => nameof(HasDevices);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.Demand.NeedsDevices;
}
