using System.Runtime.InteropServices;

namespace Lepton.Cuda.Nvml;

/// <summary>The library's calls as they are. Optional ones are called only where <see cref="NvmlAbilities"/> has them.</summary>
internal static unsafe partial class NvmlCalls
{
    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlInit_v2")]
    public static partial NvmlReturn Init();

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlShutdown")]
    public static partial NvmlReturn Shutdown();

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlSystemGetDriverVersion")]
    public static partial NvmlReturn DriverVersion(byte* text, uint size);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlSystemGetNVMLVersion")]
    public static partial NvmlReturn LibraryVersion(byte* text, uint size);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlSystemGetCudaDriverVersion_v2")]
    public static partial NvmlReturn CudaVersion(int* version);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetCount_v2")]
    public static partial NvmlReturn DeviceCount(uint* count);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    public static partial NvmlReturn HandleByIndex(uint index, nint* device);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetHandleByUUID")]
    public static partial NvmlReturn HandleByUuid(byte* uuid, nint* device);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetName")]
    public static partial NvmlReturn DeviceName(nint device, byte* text, uint size);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetUUID")]
    public static partial NvmlReturn DeviceUuid(nint device, byte* text, uint size);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetPciInfo_v3")]
    public static partial NvmlReturn Pci(nint device, PciPlace* pci);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetCudaComputeCapability")]
    public static partial NvmlReturn ComputeCapability(nint device, int* major, int* minor);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetMemoryInfo_v2")]
    public static partial NvmlReturn MemoryNew(nint device, MemoryV2* memory);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    public static partial NvmlReturn MemoryOld(nint device, MemoryV1* memory);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetUtilizationRates")]
    public static partial NvmlReturn UtilizationRates(nint device, Utilization* rates);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetTemperatureV")]
    public static partial NvmlReturn TemperatureNew(nint device, TemperatureV1* temperature);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetTemperature")]
    public static partial NvmlReturn TemperatureOld(nint device, uint sensor, uint* celsius);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetPowerUsage")]
    public static partial NvmlReturn PowerUsage(nint device, uint* milliwatts);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetEnforcedPowerLimit")]
    public static partial NvmlReturn PowerLimit(nint device, uint* milliwatts);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetTotalEnergyConsumption")]
    public static partial NvmlReturn Energy(nint device, ulong* millijoules);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetClockInfo")]
    public static partial NvmlReturn Clock(nint device, uint type, uint* megahertz);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetCurrentClocksEventReasons")]
    public static partial NvmlReturn ClockReasonsNew(nint device, ulong* reasons);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetCurrentClocksThrottleReasons")]
    public static partial NvmlReturn ClockReasonsOld(nint device, ulong* reasons);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetPcieReplayCounter")]
    public static partial NvmlReturn PcieReplays(nint device, uint* count);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetTotalEccErrors")]
    public static partial NvmlReturn EccErrors(nint device, int type, int counter, ulong* count);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetRemappedRows")]
    public static partial NvmlReturn RemappedRows(nint device, uint* correctable, uint* uncorrectable, uint* pending, uint* failed);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetFieldValues")]
    public static partial NvmlReturn Fields(nint device, int count, FieldValue* fields);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetComputeRunningProcesses_v3")]
    public static partial NvmlReturn ProcessesNew(nint device, uint* count, byte* entries);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetComputeRunningProcesses_v2")]
    public static partial NvmlReturn ProcessesOld(nint device, uint* count, byte* entries);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetMPSComputeRunningProcesses_v3")]
    public static partial NvmlReturn MpsProcesses(nint device, uint* count, byte* entries);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetMigMode")]
    public static partial NvmlReturn MigMode(nint device, uint* current, uint* pending);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetMaxMigDeviceCount")]
    public static partial NvmlReturn MigSlots(nint device, uint* count);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetMigDeviceHandleByIndex")]
    public static partial NvmlReturn MigHandle(nint device, uint slot, nint* instance);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetGpuInstanceId")]
    public static partial NvmlReturn GpuInstance(nint device, uint* id);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetComputeInstanceId")]
    public static partial NvmlReturn ComputeInstance(nint device, uint* id);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetAttributes_v2")]
    public static partial NvmlReturn Attributes(nint device, InstanceAttributes* attributes);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetTopologyCommonAncestor")]
    public static partial NvmlReturn CommonAncestor(nint a, nint b, int* level);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetP2PStatus")]
    public static partial NvmlReturn PeerStatus(nint a, nint b, int index, int* status);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetNvLinkState")]
    public static partial NvmlReturn NvLink(nint device, uint link, uint* active);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceGetSupportedEventTypes")]
    public static partial NvmlReturn SupportedEvents(nint device, ulong* types);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlEventSetCreate")]
    public static partial NvmlReturn CreateEventSet(nint* set);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlEventSetFree")]
    public static partial NvmlReturn FreeEventSet(nint set);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlDeviceRegisterEvents")]
    public static partial NvmlReturn RegisterEvents(nint device, ulong types, nint set);

    [LibraryImport(NvmlLibrary.Name, EntryPoint = "nvmlEventSetWait_v2")]
    public static partial NvmlReturn WaitForEvent(nint set, EventRecord* record, uint milliseconds);
}
