using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Scheduling.Shell;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>The one silo process of a region: hosts every machine of it on demand, and keeps the region awake as the production host does.</summary>
internal sealed class Silo(VirtualWorld world, int index, RegionSettings settings, SkewedClock clock, Disk disk)
    : SimProcess(index, settings.Region.Value, clock)
{
    private static readonly long LocalTimeout = TimeSpan.FromSeconds(5).Ticks;
    private static readonly long RemoteTimeout = TimeSpan.FromSeconds(3).Ticks;
    private static readonly long WakeEvery = TimeSpan.FromSeconds(1).Ticks;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Address, Activation> _directory = [];
    private readonly List<Activation> _zombies = [];
    private SeedStream _chance = SeedStream.For(world.Seed, $"silo {settings.Region}");
    private SeedStream _seeds = SeedStream.For(world.Seed, $"seeds {settings.Region}");
    private DateTimeOffset _nextSweep;
    private OwingRows _owing = new();

    public VirtualWorld World => world;

    public RegionSettings Settings => settings;

    public RegionId Region => settings.Region;

    public Disk Disk => disk;

    public Moment Now() => new(Clock.At(world.Queue.Now), _seeds.NextUInt64());

    /// <summary>How long something waits for its turn in the silo.</summary>
    public long TurnDelay() => 100 + _chance.Next(2_000);

    public void Start()
    {
        Rise();
        world.Trace.Add(TraceKind.Up, Name);
        _nextSweep = default;
        _owing = new();
        Keep();
    }

    public void Crash()
    {
        if (!Up) return;
        world.Trace.Add(TraceKind.Down, Name);
        Fall();
        foreach (var activation in _directory.Values) activation.Vanish();
        foreach (var zombie in _zombies) zombie.Vanish();
        _directory.Clear();
        _zombies.Clear();
        disk.SiloDied();
        world.Sabotage.SiloDied(disk);
    }

    /// <summary>A place where the process may die. True: it did, and nothing after this point happens.</summary>
    public bool CrashesHere(FaultKind where)
    {
        if (!_chance.Chance(world.Rates.CrashPoint)) return false;
        world.Count(where);
        Crash();
        world.Faults.RestartLater(this);
        return true;
    }

    /// <summary>A message for a machine of this region has arrived.</summary>
    public void Receive(Address to, Message message, Action<Reply> reply, bool replay = false)
    {
        if (world.Sabotage.Arriving(to, message) is not { } handed) return;
        world.Trace.Add(replay ? TraceKind.Replayed : TraceKind.Asked, to, null, message);
        world.Emit(new MessageArrived(to, message, replay));
        if (!replay) world.Faults.Remember(to, message);
        Find(to).Take(handed, answer =>
        {
            world.Trace.Add(TraceKind.Answered, to, null, answer);
            world.Emit(new MessageAnswered(to, message, answer));
            reply(answer);
        });
    }

    /// <summary>A machine of this region tells another one, here or elsewhere.</summary>
    public void Send(Address from, Address to, Message message, Action<Reply> complete)
    {
        if (to.Region == Region) SendLocal(to, message, complete);
        else world.Ask(this, world.SiloOf(to.Region), to, message, RemoteTimeout, complete);
    }

    /// <summary>True when the machine is at rest.</summary>
    public bool Wake(Address address)
    {
        var activation = Find(address, mayBeZombie: false);
        var rests = activation.Rests;
        activation.Look();
        return rests;
    }

    public void Hint(Address node)
    {
        if (world.AgentOf(node.Key) is { } agent) world.Network.Send(this, agent, "hint", agent.Hint);
    }

    public void Remove(Activation activation)
    {
        _zombies.Remove(activation);
        if (_directory.TryGetValue(activation.Address, out var current) && ReferenceEquals(current, activation)) _directory.Remove(activation.Address);
    }

    /// <summary>Throws a random activation away, as a failed write does.</summary>
    public void DropOne()
    {
        if (Pick(_ => true) is not { } activation) return;
        world.Count(FaultKind.ActivationDropped);
        activation.Die("dropped");
    }

    /// <summary>Collects a random idle activation.</summary>
    public void IdleOne()
    {
        if (Pick(activation => activation.Idle) is not { } activation) return;
        world.Count(FaultKind.ActivationIdled);
        activation.Die("idle");
    }

    /// <summary>
    /// A second silo believes that this activation is lost and makes another one, while the first lives on for a while: both run, one row decides.
    /// It lives for less than the lease margin, as the membership of a production cluster must see to.
    /// </summary>
    public void DoubleOne()
    {
        if (Pick(_ => true) is not { } activation) return;
        world.Count(FaultKind.ZombieActivation);
        world.Trace.Add(TraceKind.Note, activation.Address, null, "lives on while another activation begins");
        _directory.Remove(activation.Address);
        _zombies.Add(activation);
        Wake(activation.Address);
        world.After(this, (long)(_chance.NextDouble() * settings.LeaseMargin.Ticks * 0.8), () => activation.Die("its silo was declared dead"));
    }

    private Activation? Pick(Func<Activation, bool> condition)
    {
        if (_directory.Count == 0) return null;
        var all = _directory.Values.ToList();
        var start = _chance.Next(all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            var activation = all[(start + i) % all.Count];
            if (condition(activation)) return activation;
        }

        return null;
    }

    private Activation Find(Address address, bool mayBeZombie = true)
    {
        if (mayBeZombie && _zombies.Count > 0 && _zombies.Find(z => z.Address == address) is { } zombie && _chance.Chance(0.5)) return zombie;
        if (_directory.TryGetValue(address, out var activation)) return activation;
        activation = new Activation(this, address);
        _directory.Add(address, activation);
        activation.Load();
        return activation;
    }

    private void SendLocal(Address to, Message message, Action<Reply> complete)
    {
        var done = false;
        void Finish(Reply reply)
        {
            if (done) return;
            done = true;
            complete(reply);
        }

        world.After(this, Hop(), () => Receive(to, message, reply => world.After(this, Hop(), () => Finish(reply))));
        world.After(this, LocalTimeout, () =>
        {
            if (done) world.Queue.Moot();
            else Finish(new Unanswered($"no answer from {to} in time"));
        });
    }

    private long Hop() => 200 + _chance.Next(5_000);

    /// <summary>What the hosted service of a production silo does: wakes region and seat each second, and sweeps nodes, and debtors that are not at rest, now and then.</summary>
    private void Keep()
    {
        Wake(Address.Seat(Region));
        Wake(Address.Of(Region));
        var local = Clock.At(world.Queue.Now);
        if (local >= _nextSweep)
        {
            _nextSweep = local + SweepEvery;
            foreach (var record in disk.Scan("node/")) Wake(Machines.AddressOf(record.Value.Row, Region));
            foreach (var key in _owing.Open) _owing.Woken(key, disk.Read(key) is not { } record || Wake(Machines.AddressOf(record.Value.Row, Region)));
            foreach (var (record, written) in disk.ScanOwing(_owing.Seen)) _owing.Woken(record.Key, written, Wake(Machines.AddressOf(record.Value.Row, Region)));
            _owing.EndPass();
        }

        world.After(this, WakeEvery, Keep);
    }
}
