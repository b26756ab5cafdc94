using System.Globalization;
using ManagedCuda.BasicTypes;

namespace Lepton.Cuda.Managed;

/// <summary>From what CUDA answers, or from a library that is not there, to a clean report.</summary>
internal static class CudaErrors
{
    /// <summary>Numbers of the driver API that have no name in every version of ManagedCuda.</summary>
    private const int SystemDriverMismatch = 803;

    /// <summary>Makes the call; null when it went well.</summary>
    public static ProbeError? Guarded(string where, Func<CUResult> call)
    {
        try
        {
            var code = call();
            return code == CUResult.Success ? null : Of(code, where);
        }
        catch (Exception failure) when (Cause(failure) is DllNotFoundException or BadImageFormatException)
        {
            return new ProbeError(ProbeFailure.LibraryNotFound, null, where, "libcuda could not be loaded. Maybe install the NVIDIA driver, or use another kind of devices.");
        }
        catch (Exception failure) when (Cause(failure) is EntryPointNotFoundException)
        {
            return new ProbeError(ProbeFailure.LibraryUnusable, null, where, "libcuda lacks this call. Maybe its driver is older than 470 (CUDA 11.4).");
        }
    }

    private static ProbeError Of(CUResult code, string where) => (code, (int)code) switch
    {
        (CUResult.ErrorNoDevice, _) => new(ProbeFailure.UnknownDevice, null, where, "CUDA sees no device. Maybe CUDA_VISIBLE_DEVICES hides them."),
        (_, SystemDriverMismatch) => new(ProbeFailure.VersionMismatch, null, where, "Driver and library are of different versions, as after an upgrade. Maybe reboot."),
        _ => new(ProbeFailure.Other, null, where, string.Create(CultureInfo.InvariantCulture, $"CUDA answered {code} ({(int)code}).")),
    };

    /// <summary>ManagedCuda loads the library in static constructors, whose failures come wrapped.</summary>
    private static Exception Cause(Exception failure) => failure is TypeInitializationException { InnerException: { } inner } ? Cause(inner) : failure;
}
