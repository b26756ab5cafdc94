using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lepton.Tests.Shared;

/// <summary>
/// Ports for what a test starts later, or never: nobody else gets them in between. They lie outside of the range that the kernel hands out for
/// port 0 and for connections, and each is held until this process ends by a lock on its byte of a file that all test processes share.
/// </summary>
internal static class ReservedPorts
{
    private const int First = 12_000;
    private const int End = 30_000;

    private static readonly Lock s_gate = new();
    private static readonly (int Low, int High) s_kernels = KernelRange();

    private static readonly FileStream s_book = new(
        Path.Combine(Path.GetTempPath(), $"lepton-test-ports-{Environment.UserName}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static int s_next = First + (Environment.ProcessId * 37 % (End - First));

    /// <summary>A port; never the same twice.</summary>
    public static int Next() => Block(1);

    /// <summary>The first of so many neighbouring ports.</summary>
    public static int Block(int count)
    {
        lock (s_gate)
        {
            for (var tried = 0; tried < End - First; tried += count)
            {
                if (s_next + count > End) s_next = First;
                var first = s_next;
                s_next += count;
                if (Enumerable.Range(first, count).All(Reserve)) return first;
            }
        }

        throw new InvalidOperationException($"No {count} neighbouring ports from {First} to {End - 1} are free. Maybe other tests run: wait for them.");
    }

    /// <summary>What is reserved of a block that is given up stays reserved: there are enough.</summary>
    private static bool Reserve(int port)
    {
        if (port >= s_kernels.Low && port <= s_kernels.High) return false;
        try
        {
            // Locks of a process do not shut out itself: that a port is not handed out twice is the counter's doing, until it has come around.
            if (OperatingSystem.IsLinux()) s_book.Lock(port, 1);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            return false;
        }
    }

    private static (int Low, int High) KernelRange()
    {
        const string Setting = "/proc/sys/net/ipv4/ip_local_port_range";
        if (!File.Exists(Setting)) return (32_768, 60_999);
        var words = File.ReadAllText(Setting).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
    }
}
