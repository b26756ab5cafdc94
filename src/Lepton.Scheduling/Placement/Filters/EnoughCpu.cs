namespace Lepton.Scheduling.Placement.Filters;

/// <summary>As many free thousandths of a core as asked.</summary>
internal sealed class EnoughCpu : IFilter
{
    public string Name => nameof(EnoughCpu);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.Demand.Capacity.MilliCpu > node.Free.MilliCpu;
}
