namespace Lepton.Cuda;

/// <summary>One process that holds a context on a device. The pid is one of the caller's PID namespace.</summary>
/// <param name="UsedBytes">Null when the driver cannot say.</param>
public sealed record DeviceProcess(int Pid, long? UsedBytes, uint? GpuInstance, uint? ComputeInstance, bool ThroughMps, bool Emulated);

/// <summary>The processes of one device at one moment.</summary>
public sealed record DeviceProcesses(string Uuid, System.Collections.Immutable.ImmutableArray<DeviceProcess> Processes, bool Emulated);
