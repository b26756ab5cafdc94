namespace Lepton.Cuda.Nvml;

/// <summary>Which optional calls the loaded library has: asked once, before any of them is called.</summary>
internal sealed record NvmlAbilities
{
    public bool LibraryVersion { get; init; } = NvmlLibrary.Has("nvmlSystemGetNVMLVersion");
    public bool MemoryNew { get; init; } = NvmlLibrary.Has("nvmlDeviceGetMemoryInfo_v2");
    public bool MemoryOld { get; init; } = NvmlLibrary.Has("nvmlDeviceGetMemoryInfo");
    public bool TemperatureNew { get; init; } = NvmlLibrary.Has("nvmlDeviceGetTemperatureV");
    public bool TemperatureOld { get; init; } = NvmlLibrary.Has("nvmlDeviceGetTemperature");
    public bool PowerUsage { get; init; } = NvmlLibrary.Has("nvmlDeviceGetPowerUsage");
    public bool PowerLimit { get; init; } = NvmlLibrary.Has("nvmlDeviceGetEnforcedPowerLimit");
    public bool Energy { get; init; } = NvmlLibrary.Has("nvmlDeviceGetTotalEnergyConsumption");
    public bool Clock { get; init; } = NvmlLibrary.Has("nvmlDeviceGetClockInfo");
    public bool ClockReasonsNew { get; init; } = NvmlLibrary.Has("nvmlDeviceGetCurrentClocksEventReasons");
    public bool ClockReasonsOld { get; init; } = NvmlLibrary.Has("nvmlDeviceGetCurrentClocksThrottleReasons");
    public bool PcieReplays { get; init; } = NvmlLibrary.Has("nvmlDeviceGetPcieReplayCounter");
    public bool EccErrors { get; init; } = NvmlLibrary.Has("nvmlDeviceGetTotalEccErrors");
    public bool RemappedRows { get; init; } = NvmlLibrary.Has("nvmlDeviceGetRemappedRows");
    public bool Fields { get; init; } = NvmlLibrary.Has("nvmlDeviceGetFieldValues");
    public bool ProcessesNew { get; init; } = NvmlLibrary.Has("nvmlDeviceGetComputeRunningProcesses_v3");
    public bool ProcessesOld { get; init; } = NvmlLibrary.Has("nvmlDeviceGetComputeRunningProcesses_v2");
    public bool MpsProcesses { get; init; } = NvmlLibrary.Has("nvmlDeviceGetMPSComputeRunningProcesses_v3");
    public bool Mig { get; init; } = NvmlLibrary.Has("nvmlDeviceGetMigMode") && NvmlLibrary.Has("nvmlDeviceGetMaxMigDeviceCount")
        && NvmlLibrary.Has("nvmlDeviceGetMigDeviceHandleByIndex") && NvmlLibrary.Has("nvmlDeviceGetGpuInstanceId") && NvmlLibrary.Has("nvmlDeviceGetComputeInstanceId");
    public bool Attributes { get; init; } = NvmlLibrary.Has("nvmlDeviceGetAttributes_v2");
    public bool CommonAncestor { get; init; } = NvmlLibrary.Has("nvmlDeviceGetTopologyCommonAncestor");
    public bool PeerStatus { get; init; } = NvmlLibrary.Has("nvmlDeviceGetP2PStatus");
    public bool NvLink { get; init; } = NvmlLibrary.Has("nvmlDeviceGetNvLinkState");
}
