using System.Runtime.InteropServices;

namespace Lepton.Cuda.Contexts;

/// <summary>What the child process of a context check does: one context on the one visible device, opened and closed. Any program can offer it under the verb.</summary>
public static unsafe class ContextChild
{
    public const string Verb = "check-context";
    internal const int Ok = 0;
    internal const int Failed = 3;
    internal const int NoLibrary = 4;

    /// <summary>Says in one line how it went; the exit code says it to the parent.</summary>
    public static int Run(string library, TextWriter output)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
        {
            output.WriteLine($"{library} is not here. Maybe install the NVIDIA driver, or set the library's path.");
            return NoLibrary;
        }
        int count, device;
        nint context;
        var ask = new Step(handle, library, output);
        if (!ask.Find("cuInit", out var call) || !ask.Went(((delegate* unmanaged<uint, int>)call)(0))) return ask.Exit;
        if (!ask.Find("cuDeviceGetCount", out call) || !ask.Went(((delegate* unmanaged<int*, int>)call)(&count))) return ask.Exit;
        if (!ask.Find("cuDeviceGet", out call) || !ask.Went(((delegate* unmanaged<int*, int, int>)call)(&device, 0))) return ask.Exit;
        if (!ask.Find("cuDevicePrimaryCtxRetain", out call) || !ask.Went(((delegate* unmanaged<nint*, int, int>)call)(&context, device))) return ask.Exit;
        if (!ask.Find("cuDevicePrimaryCtxRelease_v2", out call) || !ask.Went(((delegate* unmanaged<int, int>)call)(device))) return ask.Exit;
        output.WriteLine($"A context opened and closed; {count} device visible.");
        return Ok;
    }

    /// <summary>The call being made, and the exit code once one did not go.</summary>
    private sealed class Step(nint handle, string library, TextWriter output)
    {
        private string _call = "";

        public int Exit { get; private set; } = Ok;

        public bool Find(string call, out nint address)
        {
            _call = call;
            if (NativeLibrary.TryGetExport(handle, call, out address)) return true;
            output.WriteLine($"{library} has no {call}.");
            Exit = NoLibrary;
            return false;
        }

        public bool Went(int code)
        {
            if (code == 0) return true;
            output.WriteLine($"{_call} answered {code}.");
            Exit = Failed;
            return false;
        }
    }
}
