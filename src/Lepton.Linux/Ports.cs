using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lepton.Linux;

/// <summary>TCP ports of this machine.</summary>
public static class Ports
{
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>True when this process could listen on the port of loopback now.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            listener.Start();
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>Who listens there; null when nobody does (a port may be taken by a connection that nobody listens on).</summary>
    public static Holder? HolderOf(int port)
    {
        var sockets = Tables
            .SelectMany(table => ListeningSockets.InodesOf(Processes.Read(table) ?? "", port))
            .Select(inode => string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]"))
            .ToHashSet(StringComparer.Ordinal);
        if (sockets.Count == 0) return null;
        var pid = Processes.WithOpen(sockets.Contains).Select(p => (int?)p).FirstOrDefault();
        return new Holder(pid, pid is { } known ? Processes.NameOf(known) : null);
    }

    /// <summary>The port and whoever has it, for a message: <c>is in use by Lepton.Local (pid 4711)</c>.</summary>
    public static string InUse(int port) => HolderOf(port) is { } holder
        ? $"is in use by {holder}"
        : "cannot be listened on: this user may not, or a connection that was just closed still has it";
}
