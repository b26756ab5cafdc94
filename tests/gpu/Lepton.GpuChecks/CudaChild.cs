using System.Runtime.InteropServices;

namespace Lepton.GpuChecks;

/// <summary>What the children do with CUDA: hold memory, read where nothing is, count devices. Plain allocations only.</summary>
internal static unsafe partial class CudaChild
{
    private const string Library = "libcuda.so.1";

    /// <summary>Writes to address 0: the driver reports it as a fault of the application.</summary>
    private const string FaultingKernel = """
        .version 6.0
        .target sm_50
        .address_size 64
        .visible .entry fault()
        {
            .reg .b64 %a;
            .reg .b32 %v;
            mov.u64 %a, 0;
            mov.u32 %v, 1;
            st.global.u32 [%a], %v;
            ret;
        }
        """;

    /// <summary>Opens a context, takes so many MiB, says "held" and stays until it is killed.</summary>
    public static int Hold(long mebibytes)
    {
        if (Open() is var code and not 0) return code;
        ulong address;
        if (mebibytes > 0 && Said("cuMemAlloc_v2", MemAlloc(&address, (nuint)mebibytes << 20))) return 3;
        Console.WriteLine("held");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    public static int Fault()
    {
        if (Open() is var code and not 0) return code;
        nint module, function;
        fixed (byte* text = System.Text.Encoding.ASCII.GetBytes(FaultingKernel + '\0'), name = "fault\0"u8)
        {
            if (Said("cuModuleLoadData", ModuleLoadData(&module, text)) || Said("cuModuleGetFunction", ModuleGetFunction(&function, module, name))) return 3;
        }

        if (Said("cuLaunchKernel", LaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, 0, null, null))) return 3;
        var fault = CtxSynchronize();
        Console.WriteLine($"cuCtxSynchronize answered {fault}");
        return fault == 0 ? 3 : 0;
    }

    public static int Count()
    {
        int count = 0;
        var code = Init(0);
        if (code == 0) code = DeviceGetCount(&count);
        Console.WriteLine($"{code} {count}");
        return 0;
    }

    private static int Open()
    {
        int device;
        nint context;
        return Said("cuInit", Init(0)) || Said("cuDeviceGet", DeviceGet(&device, 0)) || Said("cuDevicePrimaryCtxRetain", PrimaryCtxRetain(&context, device))
            || Said("cuCtxSetCurrent", CtxSetCurrent(context)) ? 3 : 0;
    }

    private static bool Said(string call, int code)
    {
        if (code != 0) Console.WriteLine($"{call} answered {code}");
        return code != 0;
    }

    [LibraryImport(Library, EntryPoint = "cuInit")]
    private static partial int Init(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetCount")]
    private static partial int DeviceGetCount(int* count);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    private static partial int DeviceGet(int* device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRetain")]
    private static partial int PrimaryCtxRetain(nint* context, int device);

    [LibraryImport(Library, EntryPoint = "cuCtxSetCurrent")]
    private static partial int CtxSetCurrent(nint context);

    [LibraryImport(Library, EntryPoint = "cuCtxSynchronize")]
    private static partial int CtxSynchronize();

    [LibraryImport(Library, EntryPoint = "cuMemAlloc_v2")]
    private static partial int MemAlloc(ulong* address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuModuleLoadData")]
    private static partial int ModuleLoadData(nint* module, byte* image);

    [LibraryImport(Library, EntryPoint = "cuModuleGetFunction")]
    private static partial int ModuleGetFunction(nint* function, nint module, byte* name);

    [LibraryImport(Library, EntryPoint = "cuLaunchKernel")]
    private static partial int LaunchKernel(nint function, uint gx, uint gy, uint gz, uint bx, uint by, uint bz, uint shared, nint stream, void** arguments, void** extra);
}
