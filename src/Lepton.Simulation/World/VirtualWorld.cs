using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>One run: regions, machines, client, faults and checkers around one event queue. Everything in it follows from the seed.</summary>
internal sealed class VirtualWorld : IWorldView
{
    private readonly Dictionary<RegionId, Silo> _silos = [];
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.Ordinal);
    private readonly ImmutableArray<IChecker> _checkers;
    private readonly int[] _faultCounts = new int[Enum.GetValues<FaultKind>().Length];
    private readonly List<Violation> _violations = [];
    private readonly Fleet _fleet;

    public VirtualWorld(ulong seed, FaultRates rates, Sabotage sabotage, Func<IWorldView, ImmutableArray<IChecker>> checkers)
    {
        Seed = seed;
        Rates = rates;
        Sabotage = sabotage;
        Trace = new Trace(Queue);
        var fleet = Fleet.Draw(seed);
        Queues = fleet.Queues;
        _fleet = fleet;
        Network = new Network(this, fleet.Processes);
        Faults = new FaultInjector(this);
        var clocks = SeedStream.For(seed, "clocks");
        var index = 0;
        foreach (var region in fleet.Regions)
        {
            var settings = fleet.SettingsOf(region);
            _silos.Add(region, new Silo(this, index++, settings, DrawClock(ref clocks), new Disk(this, region)));
        }

        foreach (var (node, capacity) in fleet.Nodes)
        {
            _hosts.Add(node.ToString(), new Host(this, index++, node, capacity, fleet.DevicesOf(node), fleet, DrawClock(ref clocks)));
        }

        Silos = [.. _silos.Values];
        Hosts = [.. _hosts.Values];
        Client = new Client(this, index, new SkewedClock(TimeSpan.Zero, 0), fleet);
        _checkers = checkers(this);
    }

    public ulong Seed { get; }

    public EventQueue Queue { get; } = new();

    public Trace Trace { get; }

    public Network Network { get; }

    /// <summary>How much goes wrong now; <see cref="FaultRates.None"/> once the quiet phase has begun.</summary>
    public FaultRates Rates { get; set; }

    public ImmutableArray<QueueSettings> Queues { get; }

    public FaultInjector Faults { get; }

    public Sabotage Sabotage { get; }

    public Client Client { get; }

    public ImmutableArray<Silo> Silos { get; }

    public ImmutableArray<Host> Hosts { get; }

    public int TraceLines { get; init; } = 30;

    public IReadOnlyList<Violation> Violations => _violations;

    public IReadOnlyList<int> FaultCounts => _faultCounts;

    public Silo SiloOf(RegionId region) => _silos[region];

    public Host? AgentOf(string node) => _hosts.GetValueOrDefault(node);

    public void Start()
    {
        foreach (var silo in Silos) silo.Start();
        foreach (var host in Hosts) host.Start();
        Client.Start();
        Faults.Start();
    }

    public void Count(FaultKind kind) => _faultCounts[(int)kind]++;

    public void Emit(SimulationEvent happened)
    {
        foreach (var checker in _checkers) checker.Observe(happened);
    }

    public void End()
    {
        foreach (var checker in _checkers) checker.End();
    }

    public void Violate(string rule, string message, params IReadOnlyCollection<string> entities)
    {
        if (_violations.Count >= 20) return;
        _violations.Add(new Violation(Seed, Queue.Steps, TimeSpan.FromTicks(Queue.Now), rule, message, [.. Trace.Last(TraceLines, entities)]));
    }

    /// <summary>Runs something in a process later, if that process still lives then.</summary>
    public void After(SimProcess owner, long ticks, Action what)
    {
        var life = owner.Life;
        Queue.After(ticks, () => Run(owner, life, what));
    }

    /// <summary>A call over the network: request and reply, each of which may be lost; silence until the timeout is <see cref="Unanswered"/>.</summary>
    public void Ask(SimProcess from, Silo to, Address address, Message message, long timeout, Action<Reply> complete)
    {
        var life = from.Life;
        var done = false;
        void Finish(Reply reply)
        {
            if (done || from.Life != life)
            {
                Count(FaultKind.LateReplyDropped);
                return;
            }

            done = true;
            complete(reply);
        }

        Network.Send(from, to, message, () => to.Receive(address, message, reply => Network.Send(to, from, reply, () => Finish(reply))));
        After(from, timeout, () =>
        {
            if (done) Queue.Moot();
            else Finish(new Unanswered($"no answer from {address} in time"));
        });
    }

    TimeSpan IWorldView.Now => TimeSpan.FromTicks(Queue.Now);

    StoredRecord? IWorldView.Read(RegionId region, string key) => _silos[region].Disk.Read(key);

    IEnumerable<StoredRecord> IWorldView.Rows(RegionId region, string prefix) => _silos[region].Disk.Scan(prefix);

    IEnumerable<RegionId> IWorldView.Regions => _silos.Keys;

    Capacity IWorldView.CapacityOf(NodeId node) => _hosts[node.ToString()].Capacity;

    ImmutableArray<Device> IWorldView.DevicesOf(NodeId node) => _hosts[node.ToString()].Devices.All;

    ImmutableSortedDictionary<string, string> IWorldView.LabelsOf(NodeId node) => _fleet.LabelsOf(node);

    ImmutableArray<Taint> IWorldView.TaintsOf(NodeId node) => _fleet.TaintsOf(node);

    private void Run(SimProcess owner, int life, Action what)
    {
        if (!owner.Up || owner.Life != life)
        {
            Queue.Moot();
        }
        else if (owner.PausedUntil > Queue.Now)
        {
            Queue.Moot();
            Queue.At(owner.PausedUntil, () => Run(owner, life, what));
        }
        else
        {
            what();
        }
    }

    private SkewedClock DrawClock(ref SeedStream chance)
    {
        var offset = Rates.ClockOffset * ((chance.NextDouble() * 2) - 1);
        var drift = (int)(Rates.ClockDriftPerMillion * ((chance.NextDouble() * 2) - 1));
        if (offset != TimeSpan.Zero || drift != 0) Count(FaultKind.ClockSkewed);
        return new SkewedClock(offset, drift);
    }
}
