using System.Net;
using System.Net.Sockets;

namespace Lepton.Local.Tests;

/// <summary>Ports that nobody uses, below the range that the kernel hands out.</summary>
internal static class FreePorts
{
    private static int s_next = 12_000 + (Environment.ProcessId % 400 * 10);

    /// <summary>The first of ten neighbouring free ports; never the same twice.</summary>
    public static int Next()
    {
        while (true)
        {
            var first = Interlocked.Add(ref s_next, 10) - 10;
            if (Enumerable.Range(first, 10).All(IsFree)) return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
