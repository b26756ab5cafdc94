namespace Lepton.Cuda.Nvml;

/// <summary>Sizes that the library expects, held against ours: a struct of the wrong size would have the driver write over our memory.</summary>
internal static unsafe class NvmlLayout
{
    public static readonly (string Name, int Ours, int Theirs)[] Sizes =
    [
        ("nvmlMemory_v2_t", sizeof(MemoryV2), 40),
        ("nvmlMemory_t", sizeof(MemoryV1), 24),
        ("nvmlUtilization_t", sizeof(Utilization), 8),
        ("nvmlTemperature_v1_t", sizeof(TemperatureV1), 12),
        ("nvmlPciInfo_t", sizeof(PciPlace), 68),
        ("nvmlEventData_t", sizeof(EventRecord), 32),
        ("nvmlFieldValue_t", sizeof(FieldValue), 40),
        ("nvmlDeviceAttributes_t", sizeof(InstanceAttributes), 40),
    ];

    /// <summary>The first struct of a wrong size, in words; null when all are right.</summary>
    public static string? Wrong()
    {
        foreach (var (name, ours, theirs) in Sizes)
            if (ours != theirs) return $"{name} has {ours} bytes here and {theirs} in the library.";
        return null;
    }
}
