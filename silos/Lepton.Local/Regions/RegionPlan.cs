using Lepton.Hosting;
using Lepton.Model;

namespace Lepton.Local.Regions;

/// <summary>Names, ports and folders of one local region.</summary>
/// <param name="Nodes">Agents of the region, each a node of its own: n01, n02, ...</param>
public sealed record RegionPlan(RegionId Region, int HttpPort, int SiloPort, int GatewayPort, string Folder, int Nodes = 1)
{
    public RetentionOptions Retention { get; init; } = new();

    public Uri Http => new($"http://127.0.0.1:{HttpPort}/");

    public string Gateway => $"127.0.0.1:{GatewayPort}";

    public IReadOnlyList<AgentPlan> Agents =>
        [.. Enumerable.Range(1, Nodes).Select(n => FormattableString.Invariant($"n{n:00}")).Select(name => new AgentPlan(this, name))];

    /// <summary>One plan for each region, ports counted up.</summary>
    public static IReadOnlyList<RegionPlan> For(LocalOptions options) =>
        [.. options.Regions.Select((name, i) => new RegionPlan(
            new RegionId(name),
            options.HttpPort + i,
            options.SiloPort + i,
            options.GatewayPort + i,
            Path.Combine(options.Home, "regions", name),
            options.Nodes) { Retention = RetentionOf(options.Retain) })];

    /// <summary>The plans that this process hosts.</summary>
    public static IReadOnlyList<RegionPlan> Hosted(LocalOptions options) =>
        [.. For(options).Where(p => options.Only.Count == 0 || options.Only.Contains(p.Region.Value))];

    /// <summary>What the region's host is told: the same as a file of Lepton.Silo says.</summary>
    public RegionConfiguration ToConfiguration(IEnumerable<RegionPlan> fleet, bool verbose) => new()
    {
        Region = Region.Value,
        SiloPort = SiloPort,
        DataFolder = Folder,
        Fleet = [.. fleet.Select(p => new FleetMember(p.Region.Value, p.Gateway, p.Http.ToString()))],
        Retention = Retention,
        Log = verbose ? "information" : "error",
    };

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
}

/// <summary>One agent of a local region.</summary>
public sealed record AgentPlan(RegionPlan Region, string Name)
{
    public NodeId Node => new(Region.Region, Name);

    public string Folder => Path.Combine(Region.Folder, $"agent-{Name}");

    public string LogFile => Path.Combine(Folder, "agent.log");
}
