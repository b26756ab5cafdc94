using System.Text;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods.DeviceManagement;

namespace Lepton.Cuda.Managed;

/// <summary>Reads one device by its ordinal. What cannot be known without NVML stays null.</summary>
internal static class CudaDevice
{
    private const int NameSize = 256;
    private const int BusSize = 32;

    public static ProbeResult<DeviceFingerprint> Read(int ordinal)
    {
        var device = default(CUdevice);
        var (gpu, own) = (default(CUuuid), default(CUuuid));
        var name = new byte[NameSize];
        var bytes = default(SizeT);
        var (major, minor) = (0, 0);
        var error = CudaErrors.Guarded($"cuDeviceGet({ordinal})", () => cuDeviceGet(ref device, ordinal))
            ?? CudaErrors.Guarded($"cuDeviceGetUuid({ordinal})", () => cuDeviceGetUuid(ref gpu, device))
            ?? CudaErrors.Guarded($"cuDeviceGetUuid_v2({ordinal})", () => cuDeviceGetUuid_v2(ref own, device))
            ?? CudaErrors.Guarded($"cuDeviceGetName({ordinal})", () => cuDeviceGetName(name, name.Length, device))
            ?? CudaErrors.Guarded($"cuDeviceTotalMem_v2({ordinal})", () => cuDeviceTotalMem_v2(ref bytes, device))
            ?? CudaErrors.Guarded($"cuDeviceGetAttribute({ordinal})", () => cuDeviceGetAttribute(ref major, CUDeviceAttribute.ComputeCapabilityMajor, device))
            ?? CudaErrors.Guarded($"cuDeviceGetAttribute({ordinal})", () => cuDeviceGetAttribute(ref minor, CUDeviceAttribute.ComputeCapabilityMinor, device));
        if (error is not null) return error;
        var bus = new byte[BusSize];
        var hasBus = CudaErrors.Guarded("cuDeviceGetPCIBusId", () => cuDeviceGetPCIBusId(bus, bus.Length, device)) is null;
        // The second call names a MIG instance where the first names its GPU; for a whole GPU they say the same.
        var isInstance = !gpu.bytes.AsSpan().SequenceEqual(own.bytes);
        return new DeviceFingerprint(
            Uuid(isInstance ? "MIG-" : "GPU-", own),
            Text(name),
            ordinal,
            hasBus ? Text(bus) : null,
            NumaNode: null,
            new Version(major, minor),
            (long)(ulong)bytes,
            ReservedBytes: null,
            MigMode: false,
            Placeable: true,
            isInstance ? Uuid("GPU-", gpu) : null,
            GpuInstance: null,
            ComputeInstance: null,
            ActiveNvLinks: null,
            Emulated: false);
    }

    /// <summary>As NVML and CUDA_VISIBLE_DEVICES write it: the octets in their order.</summary>
    private static string Uuid(string prefix, CUuuid uuid) => prefix + new Guid(uuid.bytes, bigEndian: true).ToString("D");

    private static string Text(byte[] from) => Encoding.UTF8.GetString(from.AsSpan()[..Math.Max(0, from.AsSpan().IndexOf((byte)0))]);
}
