using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling;

namespace Lepton.Simulation.World;

/// <summary>The regions and machines of a seed, with times short enough that a run of seconds covers many leases.</summary>
internal sealed class Fleet
{
    private readonly RegionSettings _settings;

    private readonly Dictionary<NodeId, ImmutableArray<Device>> _devices = [];

    private readonly Dictionary<NodeId, ImmutableSortedDictionary<string, string>> _labels = [];

    private readonly Dictionary<NodeId, ImmutableArray<Taint>> _taints = [];

    private readonly Dictionary<NodeId, IsolationAbilities> _isolation = [];

    private Fleet(ImmutableArray<RegionId> regions, ImmutableArray<(NodeId, Capacity)> nodes, ref SeedStream chance)
    {
        Regions = regions;
        Nodes = nodes;
        _settings = new RegionSettings
        {
            Region = regions[0],
            Fleet = regions,
            NodeLease = TimeSpan.FromSeconds(5),
            HeartbeatEvery = TimeSpan.FromSeconds(1),
            LeaseMargin = TimeSpan.FromSeconds(1.5),
            DelegationLease = TimeSpan.FromSeconds(8),
            RegionBeatEvery = TimeSpan.FromSeconds(1),
            ResendFirst = TimeSpan.FromMilliseconds(200),
            ResendLongest = TimeSpan.FromSeconds(2),
            DeviceCalm = TimeSpan.FromSeconds(4),
            Queues = DrawQueues(ref chance),
            StandbyNodes = chance.Chance(0.3) ? 1 : 0,
            MinimumRun = TimeSpan.FromSeconds(chance.NextDouble() * 3),
            ReserveAfter = TimeSpan.FromSeconds(0.5 + (chance.NextDouble() * 5)),
            Reservations = chance.Next(4),
            StandbyPercent = chance.Chance(0.15) ? 50 : 0,
        };
    }

    public ImmutableArray<RegionId> Regions { get; }

    public ImmutableArray<(NodeId Node, Capacity Capacity)> Nodes { get; }

    public ImmutableArray<QueueSettings> Queues => _settings.Queues;

    /// <summary>Silos, agents and the client.</summary>
    public int Processes => Regions.Length + Nodes.Length + 1;

    public static Fleet Draw(ulong seed)
    {
        var chance = SeedStream.For(seed, "fleet");
        var nodes = ImmutableArray.CreateBuilder<(NodeId, Capacity)>();
        var regions = ImmutableArray.CreateBuilder<RegionId>();
        string[] names = ["ap-south", "eu-west", "us-east", "us-west"];
        var count = 2 + chance.Next(3);
        for (var r = 0; r < count; r++)
        {
            var region = new RegionId(names[r]);
            regions.Add(region);
            var machines = 2 + chance.Next(3);
            for (var n = 1; n <= machines; n++)
            {
                var cores = 2 + chance.Next(7);
                var name = string.Create(CultureInfo.InvariantCulture, $"n{n:D2}");
                nodes.Add((new NodeId(region, name), new Capacity(cores * 1000L, cores * (2L << 30))));
            }
        }

        var policies = SeedStream.For(seed, "policies");
        var fleet = new Fleet(regions.ToImmutable(), nodes.ToImmutable(), ref policies);
        var devices = SeedStream.For(seed, "devices");
        if (devices.Chance(0.6))
        {
            foreach (var (node, _) in fleet.Nodes) fleet._devices.Add(node, VirtualDevices.Draw(ref devices, node));
        }

        var domains = SeedStream.For(seed, "domains");
        var tainted = domains.Chance(0.5);
        foreach (var (node, _) in fleet.Nodes)
        {
            fleet._labels.Add(node, ImmutableSortedDictionary<string, string>.Empty
                .Add("zone", domains.Chance(0.5) ? "a" : "b")
                .Add("rack", string.Create(CultureInfo.InvariantCulture, $"r{1 + domains.Next(3)}")));
            fleet._taints.Add(node, tainted ? DrawTaints(ref domains, node) : []);
        }

        var isolation = SeedStream.For(seed, "isolation");
        foreach (var (node, _) in fleet.Nodes)
        {
            fleet._isolation.Add(node, (isolation.Chance(0.5) ? IsolationAbilities.Cgroup : IsolationAbilities.None) | (isolation.Chance(0.4) ? IsolationAbilities.Container : IsolationAbilities.None));
        }

        return fleet;
    }

    /// <summary>The first machine of a region never keeps anybody away.</summary>
    private static ImmutableArray<Taint> DrawTaints(ref SeedStream chance, NodeId node)
    {
        var hard = chance.Chance(0.3) && node.Name != "n01";
        var soft = chance.Chance(0.2);
        var taints = ImmutableArray.CreateBuilder<Taint>();
        if (soft) taints.Add(new Taint("old", "", TaintEffect.PreferNoSchedule));
        if (hard) taints.Add(new Taint("team", chance.Chance(0.5) ? "x" : "y", TaintEffect.NoSchedule));
        return taints.ToImmutable();
    }

    /// <summary>In most seeds two queues that lend to each other beside one without limits. Every queue alone holds the largest task.</summary>
    private static ImmutableArray<QueueSettings> DrawQueues(ref SeedStream chance)
    {
        if (chance.Chance(0.3)) return [];
        QueueSettings Queue(string name, ref SeedStream drawn) => new()
        {
            Name = name,
            Parent = "lab",
            Weight = 1 + drawn.Next(3),
            Quotas = [new QuotaSettings("cpu", 4000 + (drawn.Next(3) * 1000), drawn.Chance(0.5) ? drawn.Next(5) * 1000 : null)],
            Reclaim = drawn.Chance(0.8) ? ReclaimPolicy.Any : ReclaimPolicy.Never,
        };
        return [new QueueSettings { Name = "lab" }, Queue("a", ref chance), Queue("b", ref chance), new QueueSettings { Name = QueueSettings.DefaultName }];
    }

    public ImmutableArray<Device> DevicesOf(NodeId node) => _devices.GetValueOrDefault(node, []);

    /// <summary>Zone and rack of a machine.</summary>
    public ImmutableSortedDictionary<string, string> LabelsOf(NodeId node) => _labels[node];

    public ImmutableArray<Taint> TaintsOf(NodeId node) => _taints[node];

    /// <summary>Machines on which a task that tolerates so much must not run.</summary>
    public IEnumerable<string> KeptFrom(ImmutableArray<Toleration> tolerations) => Nodes
        .Where(n => _taints[n.Node].Any(t => t.Effect == TaintEffect.NoSchedule && !tolerations.Any(o => o.Tolerates(t))))
        .Select(n => n.Node.ToString());

    /// <summary>Some region has so many machines of so many cores each.</summary>
    public bool HoldsApart(int cores, int tasks) =>
        Nodes.GroupBy(node => node.Node.Region).Any(region => region.Count(node => node.Capacity.MilliCpu / 1000 >= cores) >= tasks);

    /// <summary>All machines of some rack, or zone, have room for so many tasks of so many cores at the same time.</summary>
    public bool HoldsInOne(string label, int cores, int tasks) =>
        Nodes.GroupBy(node => (node.Node.Region, _labels[node.Node][label])).Any(domain => domain.Sum(node => node.Capacity.MilliCpu / 1000 / cores) >= tasks);

    /// <summary>What a machine enforces.</summary>
    public IsolationAbilities IsolationOf(NodeId node) => _isolation.GetValueOrDefault(node);

    /// <summary>Machines with devices on which a task with these wishes may run.</summary>
    public ImmutableArray<(NodeId Node, Capacity Capacity)> WithDevices(RegionId? region, ImmutableArray<string> avoided) =>
        [.. Nodes.Where(n => !DevicesOf(n.Node).IsEmpty && (region is null || n.Node.Region == region) && !avoided.Contains(n.Node.ToString()))];

    public RegionSettings SettingsOf(RegionId region) => _settings with { Region = region };

    /// <summary>Some region has room for so many tasks of so many cores at the same time.</summary>
    public bool HoldsTogether(int cores, int tasks) =>
        Nodes.GroupBy(node => node.Node.Region).Any(region => region.Sum(node => node.Capacity.MilliCpu / 1000 / cores) >= tasks);

    /// <summary>Some machine of the region that is not avoided is large enough.</summary>
    public bool Holds(Capacity asked, RegionId region, ImmutableArray<string> avoided) =>
        Nodes.Any(node => node.Node.Region == region && !avoided.Contains(node.Node.ToString()) && node.Capacity.Fits(asked));

    /// <summary>The largest machine there is: a demand beyond it can never be met.</summary>
    public (NodeId Node, Capacity Capacity) Largest(RegionId? region, ImmutableArray<string> avoided) => Nodes
        .Where(node => (region is null || node.Node.Region == region) && !avoided.Contains(node.Node.ToString()))
        .MaxBy(node => node.Capacity.MilliCpu);
}
