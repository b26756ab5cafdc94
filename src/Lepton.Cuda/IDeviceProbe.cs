namespace Lepton.Cuda;

/// <summary>Tells what devices there are and who uses them. Answers come within the configured limit, hung driver or not.</summary>
public interface IDeviceProbe
{
    ProbeKind Kind { get; }

    /// <summary>Looks again. What samplers and event sources of the same layer see follows at once.</summary>
    Task<ProbeResult<DeviceInventory>> EnumerateAsync(CancellationToken cancel);

    Task<ProbeResult<DeviceProcesses>> ProcessesAsync(string uuid, CancellationToken cancel);
}
