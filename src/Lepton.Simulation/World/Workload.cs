using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling;

namespace Lepton.Simulation.World;

/// <summary>Draws jobs: single tasks, arrays, dependencies, pins, retries, limits, late starts, and now and then a demand that nobody can meet.</summary>
internal sealed class Workload(ulong seed, Fleet fleet)
{
    private SeedStream _chance = SeedStream.For(seed, "workload");
    private SeedStream _policies = SeedStream.For(seed, "workload policies");
    private SeedStream _gangs = SeedStream.For(seed, "gangs");
    private SeedStream _devices = SeedStream.For(seed, "device workload");
    private SeedStream _near = SeedStream.For(seed, "neighbour workload");
    private SeedStream _residency = SeedStream.For(seed, "residency");
    private SeedStream _data = SeedStream.For(seed, "where data lie");
    private SeedStream _isolation = SeedStream.For(seed, "isolation workload");
    private int _jobs;

    public ClientJob Next(DateTimeOffset now)
    {
        var number = ++_jobs;
        var owner = fleet.Regions[_chance.Next(fleet.Regions.Length)];
        var id = new JobId(owner, string.Create(CultureInfo.InvariantCulture, $"j{number:D4}"));
        var groups = ImmutableArray.CreateBuilder<TaskGroup>();
        var count = _chance.Chance(0.7) ? 1 : 2 + _chance.Next(2);
        var first = 0;
        var satisfiable = true;
        for (var g = 0; g < count; g++)
        {
            var (template, possible) = Template($"g{g}", now);
            satisfiable &= possible;
            var tasks = _chance.Chance(0.5) ? 1 : 1 + _chance.Next(_chance.Chance(0.1) ? 24 : 6);
            ImmutableArray<string> depends = g > 0 && _chance.Chance(0.8) ? [groups[_chance.Next(g)].Name] : [];
            groups.Add(new TaskGroup($"g{g}", first, tasks, template, [], [], depends));
            first += tasks;
        }

        var hasGang = _gangs.Chance(0.25);
        if (hasGang) groups.Add(Gang(first));
        var spec = new JobSpec { Kind = "job", Name = $"job-{number}", Priority = _chance.Next(101), Queue = hasGang ? QueueFor(groups[^1]) : DrawQueue(), Groups = groups.ToImmutable() };
        return new ClientJob(id, InResidency(spec, owner), $"body-{number}", satisfiable);
    }

    /// <summary>Now and then a job may be in its owner's region only, or in one more; never so that it could not run there.</summary>
    private JobSpec InResidency(JobSpec spec, RegionId owner)
    {
        if (!_residency.Chance(0.2)) return spec;
        var regions = ImmutableArray.Create(owner, fleet.Regions[_residency.Next(fleet.Regions.Length)]).Distinct().Order().ToImmutableArray();
        var residency = new Residency([.. regions.Select(r => r.Value)], regions);
        if (!spec.Groups.All(g => CanRunIn(g.Template, owner))) return spec;
        return spec with { Residency = residency, Groups = [.. spec.Groups.Select(g => g with { Template = g.Template with { Residency = residency } })] };
    }

    private bool CanRunIn(TaskTemplate template, RegionId owner) =>
        !template.IsGang && !template.Demand.NeedsDevices && template.Demand.Isolation == IsolationAbilities.None && template.Spread is null && template.Affinity.IsDefaultOrEmpty
        && template.AntiAffinity.IsDefaultOrEmpty && (template.Regions.IsEmpty || template.Regions.Contains(owner)) && fleet.Holds(template.Demand.Capacity, owner, template.Avoid.AddRange(fleet.KeptFrom(template.Tolerations)));

    private (TaskTemplate Template, bool Possible) Template(string group, DateTimeOffset now)
    {
        ImmutableArray<RegionId> pins = _chance.Chance(0.25) ? [fleet.Regions[_chance.Next(fleet.Regions.Length)]] : [];
        ImmutableArray<string> avoid = pins.IsEmpty && _chance.Chance(0.1) ? [fleet.Nodes[_chance.Next(fleet.Nodes.Length)].Node.ToString()] : [];
        var tolerations = DrawTolerations();
        var off = avoid.AddRange(fleet.KeptFrom(tolerations));
        var (machine, largest) = fleet.Largest(pins.IsEmpty ? null : pins[0], off);
        var impossible = _chance.Chance(0.03);
        var cores = impossible ? 64 : 1 + _chance.Next((int)Math.Min(4, largest.MilliCpu / 1000));
        var memory = impossible ? 1L << 40 : (long)((0.2 + (_chance.NextDouble() * 1.2)) * cores * (1L << 30));
        return (WithNeighbours(new TaskTemplate
        {
            Group = group,
            Command = ["work"],
            Demand = WithDevices(new Capacity(cores * 1000L, memory), impossible, pins, off, machine),
            Regions = pins,
            Avoid = avoid,
            Tolerations = tolerations,
            Outputs = ["out"],
            TimeLimit = _chance.Chance(0.1) ? TimeSpan.FromSeconds(0.5 + (_chance.NextDouble() * 3)) : null,
            Grace = TimeSpan.FromSeconds(_chance.NextDouble() * 2),
            Retry = _chance.Chance(0.5) ? RetryPolicy.Default : DrawRetry(),
            Deadline = _policies.Chance(0.1) ? now + TimeSpan.FromSeconds(2 + (_policies.NextDouble() * 20)) : null,
            ExpectedRun = _policies.Chance(0.3) ? TimeSpan.FromSeconds(0.5 + (_policies.NextDouble() * 8)) : null,
            Preemptible = _policies.Chance(0.8),
            CheckpointEvery = _policies.Chance(0.3) ? TimeSpan.FromSeconds(1) : null,
            StartAfter = _chance.Chance(0.1) ? now + TimeSpan.FromSeconds(_chance.NextDouble() * 8) : null,
        }) with { Data = DrawData(pins, out var required), DataRequired = required }, !impossible);
    }

    /// <summary>Where data lie: a must only where the task has to run anyway.</summary>
    private ImmutableArray<DataPlace> DrawData(ImmutableArray<RegionId> pins, out bool required)
    {
        required = !pins.IsEmpty && _data.Chance(0.3);
        if (required) return [new DataPlace(pins[0], 1L << 30)];
        if (!_data.Chance(0.2)) return [];
        return [.. fleet.Regions.Where(_ => _data.Chance(0.5)).Order().Select(region => new DataPlace(region, (long)_data.Next(100) << 30))];
    }

    private ImmutableArray<Toleration> DrawTolerations()
    {
        if (_near.Chance(0.5)) return [];
        ImmutableArray<Toleration> tolerations = [new Toleration("team", _near.Chance(0.5) ? "x" : null, _near.Chance(0.5) ? TaintEffect.NoSchedule : null)];
        return _near.Chance(0.3) ? tolerations.Add(new Toleration("old", null, null)) : tolerations;
    }

    /// <summary>Rules about neighbours that a task can keep at the latest when it is alone.</summary>
    private TaskTemplate WithNeighbours(TaskTemplate template)
    {
        var app = _near.Chance(0.5) ? "x" : "y";
        var siblings = _near.Chance(0.6);
        var whom = siblings ? null : ImmutableSortedDictionary<string, string>.Empty.Add("app", "x");
        var by = (DomainLevel)(_near.Chance(0.1) ? (int)DomainLevel.Region : _near.Next(3));
        var rule = new NearRule(by, whom, _near.Chance(0.2));
        var (most, skew) = (_near.Next(3), by == DomainLevel.Region ? 0 : _near.Next(3));
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add("app", app);
        return _near.Next(10) switch
        {
            0 or 1 => template with { Labels = labels, AntiAffinity = [rule] },
            2 or 3 => template with { Labels = labels, Spread = new SpreadRule(by, most, skew) },
            4 when siblings || rule.Preferred || app == "x" => template with { Labels = labels, Affinity = [rule] },
            5 or 6 => template with { Labels = labels },
            _ => template,
        };
    }

    /// <summary>One or two gangs that some region can hold when nothing else runs.</summary>
    private TaskGroup Gang(int first)
    {
        var size = 2 + _gangs.Next(3);
        var cores = 1 + _gangs.Next(3);
        while (size > 2 && !fleet.HoldsTogether(cores, size)) size--;
        while (cores > 1 && !fleet.HoldsTogether(cores, size)) cores--;
        return new TaskGroup("gang", first, size * (1 + _gangs.Next(2)), WithSite(GangOf(size, cores), cores), [], [], []);
    }

    /// <summary>Members apart, spread or together, as far as the fleet can hold them so.</summary>
    private TaskTemplate WithSite(TaskTemplate gang, int cores)
    {
        var size = gang.GangSize;
        return _near.Next(8) switch
        {
            0 or 1 when fleet.HoldsApart(cores, size) => gang with { AntiAffinity = [new NearRule(DomainLevel.Node, null, false)] },
            2 when fleet.HoldsApart(cores, size) => gang with { Spread = new SpreadRule(DomainLevel.Node, 1 + _near.Next(2), _near.Next(2)) },
            3 when fleet.HoldsInOne("rack", cores, size) => gang with { Affinity = [new NearRule(DomainLevel.Rack, null, false)] },
            4 when fleet.HoldsInOne("zone", cores, size) => gang with { Affinity = [new NearRule(DomainLevel.Zone, null, false)] },
            5 => gang with { Affinity = [new NearRule((DomainLevel)_near.Next(3), null, true)] },
            6 => gang with { Spread = new SpreadRule(DomainLevel.Zone, 0, 0) },
            _ => gang,
        };
    }

    private TaskTemplate GangOf(int size, int cores) => new()
    {
        Group = "gang",
        Command = ["work"],
        Demand = new Demand(new Capacity(cores * 1000L, cores << 28)),
        Outputs = ["out"],
        Grace = TimeSpan.FromSeconds(_gangs.NextDouble()),
        Retry = new RetryPolicy(4, TimeSpan.FromSeconds(_gangs.NextDouble()), [AttemptEndCause.ExitNonZero, AttemptEndCause.NodeLost, AttemptEndCause.LeaseExpired]),
        GangSize = size,
        Preemptible = _gangs.Chance(0.8),
        TimeLimit = _gangs.Chance(0.3) ? TimeSpan.FromSeconds(2 + (_gangs.NextDouble() * 6)) : null,
        Tolerations = [new Toleration("team", null, null)],
    };

    /// <summary>Wishes that at least one machine can fill: one is chosen, and what it has decides what is asked.</summary>
    private Demand WithDevices(Capacity capacity, bool impossible, ImmutableArray<RegionId> pins, ImmutableArray<string> avoid, NodeId machine)
    {
        var demand = new Demand(capacity) { Isolation = DrawIsolation(machine) };
        var places = fleet.WithDevices(pins.IsEmpty ? null : pins[0], avoid);
        if (places.IsEmpty || impossible || !_devices.Chance(0.5)) return demand;
        var (node, has) = places[_devices.Next(places.Length)];
        var devices = fleet.DevicesOf(node);
        var whole = devices.Where(d => !d.IsInstance && !d.MigMode).ToList();
        var instances = devices.Where(d => d.IsInstance).ToList();
        var fits = new Capacity(Math.Min(capacity.MilliCpu, has.MilliCpu), Math.Min(capacity.MemoryBytes, has.MemoryBytes));
        ImmutableArray<string> models = _devices.Chance(0.5) ? [devices[0].Model] : [];
        DeviceAsk ask;
        if (instances.Count > 0 && (whole.Count == 0 || _devices.Chance(0.3)))
        {
            ask = new DeviceAsk { Models = models, MigProfile = instances[0].MigProfile, Count = 1 };
        }
        else if (_devices.Chance(0.4))
        {
            ask = new DeviceAsk { Models = models, ShareMilli = 100 * (1 + _devices.Next(9)), MemoryBytes = _devices.Chance(0.5) ? (long)(1 + _devices.Next(24)) << 30 : 0 };
        }
        else
        {
            var island = whole.Where(d => d.Island is not null).GroupBy(d => d.Island).Select(g => g.Count()).DefaultIfEmpty().Max();
            var linked = island > 1 && _devices.Chance(0.3);
            var count = 1 + _devices.Next(linked ? island : whole.Count);
            ask = new DeviceAsk { Models = models, Count = count, MaxCount = _devices.Chance(0.2) ? count + _devices.Next(3) : 0, OneIsland = linked };
        }

        var isolation = DrawIsolation(node);
        var other = new DeviceAsk { Models = ["H100", "A100"], Count = 1 + _devices.Next(8) };
        return _devices.Chance(0.2)
            ? new Demand(fits) { Isolation = isolation, Asks = [other, ask], Ordered = _devices.Chance(0.5) }
            : new Demand(fits) { Isolation = isolation, Asks = [ask] };
    }

    /// <summary>Now and then something that the machine chosen for the task enforces. Of a tainted machine nothing: it may be the only one that enforces it.</summary>
    private IsolationAbilities DrawIsolation(NodeId machine) =>
        _isolation.Chance(0.2) && !fleet.TaintsOf(machine).Any(t => t.Effect == TaintEffect.NoSchedule) ? fleet.IsolationOf(machine) : IsolationAbilities.None;

    private string DrawQueue()
    {
        string[] names = [.. fleet.Queues.Select(q => q.Name).Where(n => !fleet.Queues.Any(q => q.Parent == n))];
        return names.Length == 0 ? QueueSettings.DefaultName : names[_policies.Next(names.Length)];
    }

    /// <summary>Any queue whose own quota holds the whole gang; the default one is without limits.</summary>
    private string QueueFor(TaskGroup gang)
    {
        var asked = gang.Template.GangSize * gang.Template.Demand.Capacity.MilliCpu;
        var fits = fleet.Queues.Where(q => !q.Quotas.IsEmpty && q.Quotas[0].Nominal >= asked).Select(q => q.Name).Append(QueueSettings.DefaultName).ToList();
        return fits[_gangs.Next(fits.Count)];
    }

    private RetryPolicy DrawRetry() => new(
        _chance.Next(5),
        TimeSpan.FromSeconds(_chance.NextDouble() * 2),
        [AttemptEndCause.ExitNonZero, AttemptEndCause.NodeLost, AttemptEndCause.LeaseExpired, AttemptEndCause.TimedOut, AttemptEndCause.Preempted, AttemptEndCause.DeviceFault]);
}
