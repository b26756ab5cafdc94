using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lepton.EndToEnd.Tests;

/// <summary>A caller that keeps to no rules of HTTP but those that it wants to.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public static async Task<RawHttp> Open(Uri server)
    {
        var raw = new RawHttp();
        await raw._socket.ConnectAsync(IPAddress.Loopback, server.Port);
        return raw;
    }

    /// <summary>The head of a submit whose body is announced and not sent.</summary>
    public static string Head(Uri server, string length) =>
        $"POST /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nContent-Type: application/json\r\n{length}\r\n\r\n";

    /// <summary>False: the server has closed the connection.</summary>
    public async Task<bool> Send(string text)
    {
        try
        {
            for (ReadOnlyMemory<byte> left = Encoding.ASCII.GetBytes(text); left.Length > 0;) left = left[await _socket.SendAsync(left)..];
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public bool HasAnswer => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>All that the server says until it closes; the connection may be cut while what was sent is unread, and what came counts all the same.</summary>
    public async Task<string> ToTheEnd(CancellationToken cancel)
    {
        var said = new StringBuilder();
        var piece = new byte[4096];
        try
        {
            int read;
            while ((read = await _socket.ReceiveAsync(piece, cancel)) > 0) said.Append(Encoding.UTF8.GetString(piece, 0, read));
        }
        catch (SocketException)
        {
            // Cut.
        }

        return said.ToString();
    }

    /// <summary>The answer up to the end of its head; the connection may stay open.</summary>
    public async Task<string> AnswerHead(CancellationToken cancel)
    {
        var said = new StringBuilder();
        var piece = new byte[4096];
        int read;
        while (!said.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && (read = await _socket.ReceiveAsync(piece, cancel)) > 0)
            said.Append(Encoding.UTF8.GetString(piece, 0, read));
        return said.ToString();
    }

    public static int StatusOf(string answer) => answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;

    public void Dispose() => _socket.Dispose();
}
