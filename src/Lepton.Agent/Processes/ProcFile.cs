namespace Lepton.Agent.Processes;

/// <summary>Reading below /proc, where a file may vanish between two calls.</summary>
internal static class ProcFile
{
    private const int NoMemory = 12;
    private const int NoDescriptorsOfMachine = 23;
    private const int NoDescriptors = 24;

    /// <summary>Bytes read from the start; -1 when it is gone or not ours to read.</summary>
    /// <param name="sure">Throw rather than say "gone" when this process lacks what it takes to look.</param>
    /// <exception cref="IOException">No descriptor or no memory is left to look.</exception>
    public static int Read(string path, Span<byte> buffer, bool sure = false)
    {
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.None);
            var length = 0;
            while (length < buffer.Length)
            {
                var read = RandomAccess.Read(file, buffer[length..], length);
                if (read == 0) break;
                length += read;
            }
            return length;
        }
        catch (Exception gone) when (gone is UnauthorizedAccessException || (gone is IOException && !(sure && IsOwnLack(gone.HResult))))
        {
            return -1;
        }
    }

    /// <summary>Pids of all processes there are.</summary>
    public static IEnumerable<int> Pids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan(6), System.Globalization.NumberStyles.None, null, out var pid)) yield return pid;
        }
    }

    /// <summary>Value of a variable in the environment a process was started with; null when it has none or is not ours to read.</summary>
    /// <param name="sure">As in <see cref="Read"/>.</param>
    public static string? Variable(int pid, string name, bool sure = false)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            Span<byte> start = stackalloc byte[name.Length + 1];
            System.Text.Encoding.ASCII.GetBytes(name + '=', start);
            var length = Read($"/proc/{pid}/environ", buffer, sure);
            var rest = length > 0 ? buffer.AsSpan(0, length) : default;
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)0);
                var entry = end < 0 ? rest : rest[..end];
                if (entry.StartsWith(start)) return System.Text.Encoding.UTF8.GetString(entry[start.Length..]);
                rest = end < 0 ? default : rest[(end + 1)..];
            }
            return null;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The runtime passes the number of the system's error on as the result.</summary>
    private static bool IsOwnLack(int errno) => errno is NoMemory or NoDescriptorsOfMachine or NoDescriptors;
}
