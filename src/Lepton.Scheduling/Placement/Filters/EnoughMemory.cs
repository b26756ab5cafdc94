namespace Lepton.Scheduling.Placement.Filters;

/// <summary>As much free memory as asked.</summary>
internal sealed class EnoughMemory : IFilter
{
    public string Name => nameof(EnoughMemory);

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.Demand.Capacity.MemoryBytes > node.Free.MemoryBytes;
}
