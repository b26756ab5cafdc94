using System.Globalization;

namespace Lepton.Linux;

/// <summary>The kernel's table of TCP sockets (<c>/proc/net/tcp</c> and <c>tcp6</c>), as far as it is about listening.</summary>
public static class ListeningSockets
{
    private const string Listening = "0A";
    private const int LocalAddress = 1;
    private const int State = 3;
    private const int Inode = 9;

    /// <summary>Inodes of the sockets that listen on the port, out of the text of one such table. Lines that are none are passed over.</summary>
    public static IReadOnlyList<long> InodesOf(string table, int port)
    {
        var inodes = new List<long>();
        foreach (var line in table.Split('\n').Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length <= Inode || columns[State] != Listening) continue;
            var colon = columns[LocalAddress].LastIndexOf(':');
            if (colon < 0 || !int.TryParse(columns[LocalAddress].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var local)) continue;
            if (local == port && long.TryParse(columns[Inode], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)) inodes.Add(inode);
        }

        return inodes;
    }
}
