using System.Runtime.InteropServices;

namespace Lepton.Hosting;

/// <summary>Moves a finished file to its place so that it is there, whole, after a loss of power.</summary>
internal static partial class DurableFile
{
    private const int ReadOnlyDirectory = 0x10000;     // O_RDONLY | O_DIRECTORY on Linux

    /// <param name="file">Written to its end; is closed here.</param>
    public static async Task MoveTo(FileStream file, string path)
    {
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        var folder = Path.GetDirectoryName(path)!;
        var isNewFolder = !Directory.Exists(folder);
        if (isNewFolder) Directory.CreateDirectory(folder);
        File.Move(file.Name, path, overwrite: true);
        SyncFolder(folder);
        if (isNewFolder) SyncFolder(Path.GetDirectoryName(folder)!);
    }

    /// <summary>Where the system cannot sync a folder, renames are as durable as it makes them.</summary>
    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var handle = Open(folder, ReadOnlyDirectory);
        if (handle < 0) throw new IOException($"The folder '{folder}' cannot be opened to sync it (errno {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Fsync(handle) != 0) throw new IOException($"The folder '{folder}' cannot be synced (errno {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
