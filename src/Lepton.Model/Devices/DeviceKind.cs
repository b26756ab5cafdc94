using Orleans;

namespace Lepton.Model;

/// <summary>Kind of a device that a task can ask for.</summary>
[GenerateSerializer, Alias("DeviceKind")]
public enum DeviceKind
{
    Cpu,
    Gpu,
    Tpu,
    Fpga,
}
