namespace ManagedCuda.BasicTypes;

public struct CUdevice
{
    public int Pointer;
}

public struct CUuuid
{
    public byte[] bytes;
}

public readonly struct SizeT(ulong value)
{
    private readonly UIntPtr _value = new(value);

    public static implicit operator ulong(SizeT t) => t._value.ToUInt64();

    public static implicit operator SizeT(ulong value) => new(value);
}

public enum CUInitializationFlags : uint
{
    None = 0,
}

public enum CUResult
{
    Success = 0,
    ErrorInvalidValue = 1,
    ErrorNotInitialized = 3,
    ErrorNoDevice = 100,
    ErrorInvalidDevice = 101,
    ErrorUnknown = 999,
}

public enum CUDeviceAttribute
{
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
}
