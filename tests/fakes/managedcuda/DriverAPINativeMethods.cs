using System.Runtime.InteropServices;
using System.Text;
using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>The calls that the adapter uses, with the library's signatures.</summary>
public static class DriverAPINativeMethods
{
    public static CUResult cuInit(CUInitializationFlags Flags) => FakeCuda.Answer(nameof(cuInit), static () => CUResult.Success);

    public static CUResult cuDriverGetVersion(ref int driverVersion)
    {
        driverVersion = FakeCuda.DriverVersion;
        return FakeCuda.Answer(nameof(cuDriverGetVersion), static () => CUResult.Success);
    }

    public static class DeviceManagement
    {
        public static CUResult cuDeviceGet(ref CUdevice device, int ordinal)
        {
            device.Pointer = ordinal;
            return FakeCuda.Answer(nameof(cuDeviceGet), static () => CUResult.Success);
        }

        public static CUResult cuDeviceGetCount(ref int count)
        {
            count = FakeCuda.Devices.Count;
            return FakeCuda.Answer(nameof(cuDeviceGetCount), static () => CUResult.Success);
        }

        public static CUResult cuDeviceGetName([Out] byte[] name, int len, CUdevice dev) => FakeCuda.Of(nameof(cuDeviceGetName), dev, d => Write(d.Name, name));

        public static CUResult cuDeviceGetUuid(ref CUuuid uuid, CUdevice dev)
        {
            byte[] bytes = [];
            var result = FakeCuda.Of(nameof(cuDeviceGetUuid), dev, d => bytes = d.Uuid.ToByteArray(bigEndian: true));
            uuid.bytes = bytes;
            return result;
        }

        public static CUResult cuDeviceGetUuid_v2(ref CUuuid uuid, CUdevice dev)
        {
            byte[] bytes = [];
            var result = FakeCuda.Of(nameof(cuDeviceGetUuid_v2), dev, d => bytes = (d.Instance ?? d.Uuid).ToByteArray(bigEndian: true));
            uuid.bytes = bytes;
            return result;
        }

        public static CUResult cuDeviceTotalMem_v2(ref SizeT bytes, CUdevice dev)
        {
            SizeT total = 0;
            var result = FakeCuda.Of(nameof(cuDeviceTotalMem_v2), dev, d => total = d.Bytes);
            bytes = total;
            return result;
        }

        public static CUResult cuDeviceGetAttribute(ref int pi, CUDeviceAttribute attrib, CUdevice dev)
        {
            var value = 0;
            var result = FakeCuda.Of(nameof(cuDeviceGetAttribute), dev, d => value = attrib == CUDeviceAttribute.ComputeCapabilityMajor ? d.Major : d.Minor);
            pi = value;
            return result;
        }

        public static CUResult cuDeviceGetPCIBusId([In, Out] byte[] pciBusId, int len, CUdevice dev)
        {
            var known = false;
            var result = FakeCuda.Of(nameof(cuDeviceGetPCIBusId), dev, d => known = Write(d.Bus ?? "", pciBusId));
            return result == CUResult.Success && !known ? CUResult.ErrorInvalidValue : result;
        }

        private static bool Write(string text, byte[] to)
        {
            to[Encoding.ASCII.GetBytes(text, to)] = 0;
            return text.Length > 0;
        }
    }
}
