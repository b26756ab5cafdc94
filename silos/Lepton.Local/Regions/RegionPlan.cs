using System.Net;
using System.Net.Sockets;
using Lepton.Contracts;
using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Local.Regions;

/// <summary>Names, ports and folders of one local region.</summary>
public sealed record RegionPlan(RegionId Region, int HttpPort, int SiloPort, int GatewayPort, string Folder)
{
    public RetentionOptions Retention { get; init; } = new();

    public string StateFile => Path.Combine(Folder, "region.db");

    public string DataFolder => Path.Combine(Folder, "data");

    public string AgentFolder => Path.Combine(Folder, "agent-n01");

    public Uri Http => new($"http://127.0.0.1:{HttpPort}/");

    public string Gateway => $"127.0.0.1:{GatewayPort}";

    public NodeId Node => new(Region, "n01");

    /// <summary>One plan for each region, ports counted up.</summary>
    public static IReadOnlyList<RegionPlan> For(LocalOptions options) =>
        [.. options.Regions.Select((name, i) => new RegionPlan(
            new RegionId(name),
            options.HttpPort + i,
            options.SiloPort + i,
            options.GatewayPort + i,
            Path.Combine(options.Home, "regions", name)) { Retention = RetentionOf(options.Retain) })];

    /// <summary>The plans that this process hosts.</summary>
    public static IReadOnlyList<RegionPlan> Hosted(LocalOptions options) =>
        [.. For(options).Where(p => options.Only.Count == 0 || options.Only.Contains(p.Region.Value))];

    public static RegionDirectory Directory(IReadOnlyList<RegionPlan> plans, RegionId self) =>
        new(self, [.. plans.Select(p => new RegionEndpoint(p.Region, p.Gateway, p.Http))]);

    /// <summary>The ports of these plans that somebody else holds.</summary>
    public static IEnumerable<(RegionPlan Plan, string What, int Port)> PortsInUse(IEnumerable<RegionPlan> plans) =>
        from plan in plans
        from port in new[] { ("HTTP", plan.HttpPort), ("silo", plan.SiloPort), ("gateway", plan.GatewayPort) }
        where !IsFree(port.Item2)
        select (plan, port.Item1, port.Item2);

    /// <summary>One time for everything; swept often enough that nothing is kept much longer.</summary>
    private static RetentionOptions RetentionOf(TimeSpan retain)
    {
        var standard = new RetentionOptions();
        return new()
        {
            Jobs = retain,
            Guests = retain,
            Logs = retain,
            Artifacts = retain,
            FreshArtifacts = retain / 2 < standard.FreshArtifacts ? retain / 2 : standard.FreshArtifacts,
            SweepEvery = retain / 4 < standard.SweepEvery ? retain / 4 : standard.SweepEvery,
        };
    }

    private static bool IsFree(int port)
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
}
