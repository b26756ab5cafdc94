namespace Lepton.Scheduling.Placement.Devices;

/// <summary>Where a task sits: a node and the GPUs on it.</summary>
/// <param name="Node">Index of the node, or -1: it fits nowhere.</param>
/// <param name="Devices">Bit g set: GPU g.</param>
public readonly record struct DeviceSlot(int Node, byte Devices)
{
    public static readonly DeviceSlot None = new(-1, 0);

    public bool IsPlaced => Node >= 0;
}
