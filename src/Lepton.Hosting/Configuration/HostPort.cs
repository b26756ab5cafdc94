using System.Net;

namespace Lepton.Hosting;

/// <summary>Addresses as configuration files write them: <c>host:port</c>.</summary>
public static class HostPort
{
    public static bool TryParse(string? text, out string host, out int port)
    {
        (host, port) = ("", 0);
        if (text?.LastIndexOf(':') is not (> 0 and var colon) || !ushort.TryParse(text.AsSpan(colon + 1), out var number) || number == 0) return false;
        (host, port) = (text[..colon], number);
        return true;
    }

    /// <summary>True for <c>localhost</c> and the addresses of this machine that no network reaches.</summary>
    public static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>A loopback address that was checked before.</summary>
    internal static IPEndPoint Loopback(string text)
    {
        if (!TryParse(text, out var host, out var port)) throw new FormatException($"'{text}' is not an address. Maybe write it as host:port.");
        return new IPEndPoint(IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : IPAddress.Loopback, port);
    }
}
