using System.Collections.Immutable;
using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace Lepton.Cuda.Managed;

/// <summary>Tells the devices that CUDA sees, through ManagedCuda.</summary>
/// <remarks>
/// CUDA's driver API tells what devices are, and neither how they do nor who uses them: no health, no events, no processes, no memory that the driver keeps, no driver version, no links.
/// No context is opened, so there is none to dispose of: a context costs memory and shows this process as a user of the GPU. What CUDA_VISIBLE_DEVICES hides is not listed, and of a GPU
/// in MIG mode one instance is. The index is CUDA's, which orders by speed unless CUDA_DEVICE_ORDER is PCI_BUS_ID.
/// </remarks>
public sealed class ManagedCudaProbe : IDeviceProbe
{
    /// <summary>One for the process: while a call hangs in the driver, no other is started.</summary>
    private static readonly CallLane Lane = new("lepton-managed-cuda-calls");

    private readonly TimeSpan _limit;

    private ManagedCudaProbe(TimeSpan limit) => _limit = limit;

    public ProbeKind Kind => ProbeKind.ManagedCuda;

    /// <summary>Loads the driver's library and makes CUDA ready, or says why not.</summary>
    /// <param name="limit">A call that takes longer is reported as hung.</param>
    public static Task<ProbeResult<ManagedCudaProbe>> OpenAsync(TimeSpan limit, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return Lane.RunAsync(
            "opening CUDA",
            limit,
            () => CudaErrors.Guarded("cuInit", () => DriverAPINativeMethods.cuInit(CUInitializationFlags.None)) is { } error
                ? error
                : (ProbeResult<ManagedCudaProbe>)new ManagedCudaProbe(limit),
            late: null,
            cancel);
    }

    public Task<ProbeResult<DeviceInventory>> EnumerateAsync(CancellationToken cancel) =>
        Lane.RunAsync("enumerating devices", _limit, Enumerate, late: null, cancel);

    /// <summary>Always refused: CUDA does not know.</summary>
    public Task<ProbeResult<DeviceProcesses>> ProcessesAsync(string uuid, CancellationToken cancel) => Task.FromResult<ProbeResult<DeviceProcesses>>(new ProbeError(
        ProbeFailure.NotSupported, null, $"processes of {uuid}", "CUDA does not tell who uses a device, and ManagedCuda has no NVML. Maybe use the kind Nvml, which does."));

    private ProbeResult<DeviceInventory> Enumerate()
    {
        var (count, version) = (0, 0);
        if (CudaErrors.Guarded("cuDeviceGetCount", () => DriverAPINativeMethods.DeviceManagement.cuDeviceGetCount(ref count)) is { } error) return error;
        var cuda = CudaErrors.Guarded("cuDriverGetVersion", () => DriverAPINativeMethods.cuDriverGetVersion(ref version)) is null
            ? new Version(version / 1000, version % 1000 / 10)
            : null;
        var devices = ImmutableArray.CreateBuilder<DeviceFingerprint>();
        var unreadable = ImmutableArray.CreateBuilder<UnreadableDevice>();
        for (var index = 0; index < count; index++)
        {
            var device = CudaDevice.Read(index);
            if (device.Ok) devices.Add(device.Value);
            else unreadable.Add(new UnreadableDevice(index, device.Error));
        }

        return new DeviceInventory(
            Kind, Emulated: false, DriverVersion: null, LibraryVersion: null, cuda, BootId.Read(), devices.ToImmutable(), Links: [], unreadable.ToImmutable());
    }
}
