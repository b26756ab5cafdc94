using System.Runtime.InteropServices;

namespace Lepton.Linux;

/// <summary>Keeps what the C library holds of this process close to what it uses, below the managed heap.</summary>
/// <remarks>
/// The JIT compiler, SQLite and TLS allocate from whatever thread they run on. The C library gives threads arenas of their own, up to eight a
/// processor, and an arena returns only what is free at its end: three quarters of what a silo held after ten minutes of load was free, and it grew on.
/// So there are few arenas, and their free pages are returned from time to time.
/// </remarks>
public sealed partial class LibcMemory : IDisposable
{
    private const int ArenaMax = -8;
    private const int Arenas = 2;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly Timer _timer;

    private LibcMemory() => _timer = new Timer(_ => Trim(), null, Every, Every);

    /// <summary>To be called early: threads that have an arena keep it. Null where the C library is not one that needs it.</summary>
    public static LibcMemory? KeepSmall()
    {
        try
        {
            _ = MallOpt(ArenaMax, Arenas);
            Trim();
            return new LibcMemory();
        }
        catch (Exception other) when (other is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Returns free pages, also those between used ones.</summary>
    internal static void Trim() => _ = MallocTrim(0);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
