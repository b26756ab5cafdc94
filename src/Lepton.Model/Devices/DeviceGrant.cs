using Orleans;

namespace Lepton.Model;

/// <summary>One device, or a part of it, that belongs to an attempt: chosen by the region, granted by the node or not at all.</summary>
/// <param name="DeviceEpoch">The device's epoch when it was chosen: once the device has begun to drain or was lost, it is refused.</param>
/// <param name="ShareMilli">Thousandths of the device; 1000: all of it.</param>
/// <param name="MemoryBytes">Memory of the device that the attempt may use.</param>
[GenerateSerializer, Immutable, Alias("DeviceGrant")]
public sealed record DeviceGrant(
    [property: Id(0)] string Uuid,
    [property: Id(1)] Epoch DeviceEpoch,
    [property: Id(2)] int ShareMilli,
    [property: Id(3)] long MemoryBytes)
{
    public bool IsWhole => ShareMilli >= DeviceAsk.Whole;
}
