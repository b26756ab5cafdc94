using System.Runtime.InteropServices;

namespace Lepton.Cuda.Nvml;

[StructLayout(LayoutKind.Sequential)]
internal struct MemoryV2
{
    public const uint Word = 40 | (2 << 24);

    public uint Version;
    public ulong Total;
    public ulong Reserved;
    public ulong Free;
    public ulong Used;
}

[StructLayout(LayoutKind.Sequential)]
internal struct MemoryV1
{
    public ulong Total;
    public ulong Free;
    public ulong Used;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Utilization
{
    public uint Gpu;
    public uint Memory;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TemperatureV1
{
    public const uint Word = 12 | (1 << 24);

    public uint Version;
    public uint Sensor;
    public int Celsius;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PciPlace
{
    public fixed byte LegacyBusId[16];
    public uint Domain;
    public uint Bus;
    public uint Device;
    public uint DeviceId;
    public uint SubSystemId;
    public fixed byte BusId[32];
}

[StructLayout(LayoutKind.Sequential)]
internal struct EventRecord
{
    public nint Device;
    public ulong Type;
    public ulong Code;
    public uint GpuInstance;
    public uint ComputeInstance;
}

/// <summary>One value of the driver's numbered fields; the value is a union, of which only whole numbers are read here.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FieldValue
{
    public const uint RecoveryAction = 230;

    public uint Id;
    public uint Scope;
    public long Timestamp;
    public long LatencyMicroseconds;
    public FieldType Type;
    public NvmlReturn Code;
    public ulong Bits;

    /// <summary>The value as a whole number; null when it is of another kind.</summary>
    public readonly long? Whole => Type switch
    {
        FieldType.UInt => (uint)Bits,
        FieldType.ULong or FieldType.ULongLong or FieldType.LongLong => (long)Bits,
        FieldType.Int => (int)Bits,
        FieldType.UShort => (ushort)Bits,
        _ => null,
    };
}

internal enum FieldType
{
    Double = 0,
    UInt = 1,
    ULong = 2,
    ULongLong = 3,
    LongLong = 4,
    Int = 5,
    UShort = 6,
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InstanceAttributes
{
    public uint Multiprocessors;
    public fixed uint Engines[5];
    public uint GpuSlices;
    public uint ComputeSlices;
    public ulong MemoryMebibytes;
}
