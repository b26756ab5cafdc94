using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Placement.Filters;

/// <summary>One thing that devices can fail by: a node is turned down by the one that stands against its nearest miss.</summary>
internal sealed class DeviceFilter(DeviceMiss miss) : IFilter
{
    public DeviceMiss Miss => miss;

    public string Name { get; } = miss.ToString();

    public bool TurnsDown(TaskShape shape, NodeEntry node) => shape.NeedsDevices && DeviceFit.Judge(shape, node) == miss;
}
