using System.Net;
using System.Net.Sockets;
using Lepton.Tests.Shared;

namespace Lepton.Linux.Tests;

public sealed class PortsTests
{
    private const string Table =
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0
           1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 99999 1 0000000000000000 100 0 0 10 0
           2: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1
           3: nonsense
        """;

    [Fact]
    public void Finds_the_sockets_that_listen_on_a_port_and_no_connection()
    {
        Assert.Equal([12345, 777], ListeningSockets.InodesOf(Table, 8080));
        Assert.Empty(ListeningSockets.InodesOf(Table, 8081));
        Assert.Empty(ListeningSockets.InodesOf("", 8080));
    }

    [Fact]
    public void Names_the_process_that_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.False(Ports.IsFree(port));
        var holder = Ports.HolderOf(port);
        Assert.Equal(Environment.ProcessId, holder?.Pid);
        Assert.Equal($"is in use by {Processes.NameOf(Environment.ProcessId)} (pid {Environment.ProcessId})", Ports.InUse(port));
    }

    [Fact]
    public void Finds_nobody_on_a_free_port()
    {
        var port = ReservedPorts.Next();

        Assert.True(Ports.IsFree(port));
        Assert.Null(Ports.HolderOf(port));
    }

    [Fact]
    public void Says_that_it_may_not_see_a_process_of_another_user() =>
        Assert.Equal("a process that this user may not see", new Holder(null, null).ToString());
}
