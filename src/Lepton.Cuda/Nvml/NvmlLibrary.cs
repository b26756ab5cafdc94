using System.Runtime.InteropServices;

namespace Lepton.Cuda.Nvml;

/// <summary>The driver's library, loaded once for the process.</summary>
internal static class NvmlLibrary
{
    public const string Name = "libnvidia-ml.so.1";

    /// <summary>Where drivers put it when the loader does not find it. Never the toolkit's stubs: they load, and know no device.</summary>
    private static readonly string[] Folders =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/nvidia/lib64", "/usr/lib/wsl/lib", "/run/nvidia/driver/usr/lib/x86_64-linux-gnu"];

    /// <summary>Calls without which nothing can be said about devices.</summary>
    private static readonly string[] Needed =
    [
        "nvmlInit_v2", "nvmlShutdown", "nvmlErrorString", "nvmlSystemGetDriverVersion", "nvmlSystemGetCudaDriverVersion_v2", "nvmlDeviceGetCount_v2",
        "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByUUID", "nvmlDeviceGetName", "nvmlDeviceGetUUID", "nvmlDeviceGetPciInfo_v3",
        "nvmlDeviceGetCudaComputeCapability", "nvmlDeviceGetUtilizationRates", "nvmlDeviceGetSupportedEventTypes", "nvmlEventSetCreate",
        "nvmlEventSetFree", "nvmlDeviceRegisterEvents", "nvmlEventSetWait_v2",
    ];

    /// <summary>Of each line one must be there; the newest is asked first.</summary>
    private static readonly string[][] OneOf =
    [
        ["nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetMemoryInfo"],
        ["nvmlDeviceGetTemperatureV", "nvmlDeviceGetTemperature"],
        ["nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"],
    ];

    private static readonly Lock Gate = new();
    private static nint s_library;

    public static IEnumerable<string> Candidates(string? configured) =>
        configured is not null ? [configured] : [Name, .. Folders.Select(folder => Path.Combine(folder, Name))];

    /// <summary>Loads and binds the first of the files that is there. Null is success.</summary>
    public static ProbeError? Load(IEnumerable<string> candidates)
    {
        const string where = "loading the driver's library";
        if (NvmlLayout.Wrong() is { } wrong) return new(ProbeFailure.LibraryUnusable, null, where, wrong);
        var tried = candidates.ToArray();
        lock (Gate)
        {
            foreach (var path in tried)
            {
                if (!NativeLibrary.TryLoad(path, out var handle)) continue;
                var missing = Needed.Where(call => !NativeLibrary.TryGetExport(handle, call, out _))
                    .Concat(OneOf.Where(calls => !calls.Any(call => NativeLibrary.TryGetExport(handle, call, out _))).Select(calls => calls[0]))
                    .ToArray();
                if (missing.Length > 0)
                    return new(ProbeFailure.LibraryUnusable, NvmlReturn.FunctionNotFound, where, $"{path} lacks {string.Join(", ", missing)}. Maybe the driver is older than 510.");
                if (s_library == handle) return null;
                if (s_library != 0)
                    return new(ProbeFailure.LibraryUnusable, null, where, $"{path} is not the library that this process is bound to. One process speaks with one driver.");
                s_library = handle;
                NativeLibrary.SetDllImportResolver(typeof(NvmlLibrary).Assembly, (name, _, _) => name == Name ? s_library : 0);
                return null;
            }
        }
        return new(ProbeFailure.LibraryNotFound, NvmlReturn.LibraryNotFound, where,
            $"Tried {string.Join(", ", tried)}. Maybe install the NVIDIA driver, set the library's path, or configure no devices for this machine.");
    }

    /// <summary>Whether the loaded library has an optional call.</summary>
    public static bool Has(string call) => NativeLibrary.TryGetExport(s_library, call, out _);
}
