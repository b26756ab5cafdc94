using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>What the fake answers; of one test at a time.</summary>
public static class FakeCuda
{
    public static IReadOnlyList<FakeDevice> Devices { get; set; } = [];

    public static int DriverVersion { get; set; } = 12080;

    /// <summary>Called before each call, by its name: throws, waits, or answers for it (null: nothing special).</summary>
    public static Func<string, CUResult?> Before { get; set; } = static _ => null;

    internal static CUResult Answer(string call, Func<CUResult> otherwise) => Before(call) ?? otherwise();

    internal static CUResult Of(string call, CUdevice device, Action<FakeDevice> read) => Answer(call, () =>
    {
        if (device.Pointer < 0 || device.Pointer >= Devices.Count) return CUResult.ErrorInvalidDevice;
        if (Devices[device.Pointer].Fails is { } failure) return failure;
        read(Devices[device.Pointer]);
        return CUResult.Success;
    });
}

/// <summary>One device of the fake.</summary>
/// <param name="Instance">UUID of the MIG instance that this process would have; null: a whole GPU.</param>
public sealed record FakeDevice(Guid Uuid, string Name, ulong Bytes, int Major, int Minor, string? Bus = null, Guid? Instance = null, CUResult? Fails = null);
