using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Agent.Devices.Grants;

/// <summary>A granted device, or a part of it, with what the agent knows of the device.</summary>
/// <param name="Variables">Further variables that a declared device asks to be told with.</param>
/// <param name="MpsPipes">Pipe folder of the MPS daemon that serves this tenant on it; null: none.</param>
internal sealed record GrantedDevice(
    DeviceGrant Grant,
    Device Device,
    ImmutableSortedDictionary<string, string> Variables,
    string? MpsPipes)
{
    /// <summary>Told by the NVIDIA driver: CUDA can open it under its UUID.</summary>
    public bool IsCuda => !Device.Emulated && Device.Kind == DeviceKind.Gpu
        && (Device.Uuid.StartsWith("GPU-", StringComparison.Ordinal) || Device.Uuid.StartsWith("MIG-", StringComparison.Ordinal));
}
