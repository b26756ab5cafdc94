using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Lepton.Linux;

/// <summary>Other programs in place of this one.</summary>
public static partial class Programs
{
    /// <summary>
    /// Becomes another program: same process, same terminal, same signals, so that nothing is left behind whatever ends it. Returns never.
    /// </summary>
    /// <exception cref="Win32Exception">It cannot be run.</exception>
    public static void Become(string path, IReadOnlyList<string> arguments)
    {
        _ = Exec(path, [path, .. arguments, null]);
        throw new Win32Exception(Marshal.GetLastPInvokeError(), $"'{path}' cannot be run: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Where a program lies on the search path; null when nowhere.</summary>
    public static string? Find(string name, string? searchPath) =>
        (searchPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Exec(string path, string?[] arguments);
}
