using System.Collections.Immutable;
using Lepton.Agent.Devices.Sources;
using Lepton.Model;

namespace Lepton.Agent.Devices;

/// <summary>The devices of the machine as they are declared to its node now; replaced as a whole.</summary>
/// <param name="Found">UUIDs that the last enumeration listed: the others are out of reach.</param>
/// <param name="DriverVersion">Null: no driver, or it cannot say.</param>
/// <param name="Fault">Why devices are not told although they were looked for.</param>
internal sealed record DevicePicture(
    ImmutableArray<Device> Devices,
    ImmutableSortedDictionary<string, DeclaredDevice> Declared,
    ImmutableHashSet<string> Found,
    string? DriverVersion,
    string? CudaVersion,
    IsolationAbilities Isolation,
    string? Fault)
{
    public static DevicePicture Empty { get; } = new([], ImmutableSortedDictionary<string, DeclaredDevice>.Empty, [], null, null, IsolationAbilities.None, null);

    public Device? Find(string uuid)
    {
        foreach (var device in Devices)
        {
            if (device.Uuid == uuid) return device;
        }
        return null;
    }

    /// <summary>Control groups and containers are no matter of devices: what is said of them stays.</summary>
    public NodeSpec In(NodeSpec spec) => spec with
    {
        Devices = Devices,
        DriverVersion = DriverVersion,
        CudaVersion = CudaVersion,
        Isolation = Isolation | (spec.Isolation & (IsolationAbilities.Cgroup | IsolationAbilities.Container)),
        DevicesFault = Fault,
    };
}
