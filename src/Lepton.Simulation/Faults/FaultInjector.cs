using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Simulation.Traces;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Faults;

/// <summary>Does to the world what the seed's rates say, until the quiet phase; then repairs everything and touches nothing more.</summary>
internal sealed class FaultInjector(VirtualWorld world)
{
    /// <summary>Messages kept to be delivered again much later.</summary>
    private const int Remembered = 2_000;

    private readonly List<(Address To, Message Message)> _past = [];
    private readonly List<SimProcess> _down = [];
    private SeedStream _chance = SeedStream.For(world.Seed, "faults");
    private SeedStream _memory = SeedStream.For(world.Seed, "memory");
    private SeedStream _holds = SeedStream.For(world.Seed, "which holds");
    private readonly DeviceFaults _devices = new(world);
    private bool _quiet;

    public void Start()
    {
        var rates = world.Rates;
        Repeat(rates.SiloCrashEvery, CrashSilo);
        Repeat(rates.AgentCrashEvery, CrashAgent);
        Repeat(rates.AgentLeavesEvery, LeaveAgent);
        Repeat(rates.MachineCrashEvery, CrashMachine);
        Repeat(rates.PartitionEvery, Partition);
        Repeat(rates.PauseEvery, Pause);
        Repeat(rates.DropEvery, () => AnySilo()?.DropOne());
        Repeat(rates.IdleEvery, () => AnySilo()?.IdleOne());
        Repeat(rates.ZombieEvery, () => AnySilo()?.DoubleOne());
        Repeat(rates.SlowDiskEvery, SlowDisk);
        Repeat(rates.KillEvery, KillProcess);
        Repeat(rates.ReplayEvery, Replay);
        RepeatHold();
        _devices.Start();
    }

    /// <summary>From now on nothing goes wrong, and what is broken is repaired within seconds.</summary>
    public void Calm()
    {
        _quiet = true;
        world.Rates = FaultRates.None;
        world.Network.HealAll();
        world.Client.ResumeAll();
        _devices.Calm();
        world.Trace.Add(TraceKind.Note, "world", null, "quiet from here on");
    }

    /// <summary>Keeps a sample of all messages seen: each has the same chance to be kept.</summary>
    public void Remember(Address to, Message message)
    {
        if (message is AgentBeat or RegionBeat or ExplainTask && _memory.Next(16) != 0) return;
        if (_past.Count < Remembered)
        {
            _past.Add((to, message));
        }
        else if (_memory.Next(8) == 0)
        {
            _past[_memory.Next(Remembered)] = (to, message);
        }
    }

    public void RestartLater(Silo silo)
    {
        if (_down.Contains(silo)) return;
        _down.Add(silo);
        world.Queue.After(Seconds(0.3, _quiet ? 1 : 15), () =>
        {
            _down.Remove(silo);
            silo.Start();
        });
    }

    private void CrashSilo()
    {
        if (AnySilo() is not { } silo) return;
        world.Count(FaultKind.SiloCrash);
        silo.Crash();
        RestartLater(silo);
    }

    private void CrashAgent()
    {
        var host = AnyHost();
        if (!host.Up) return;
        world.Count(FaultKind.AgentCrash);
        host.CrashAgent();
        world.Queue.After(Seconds(0.1, 20), host.StartAgent);
    }

    private void LeaveAgent()
    {
        var host = AnyHost();
        if (!host.Up || host.PausedUntil > world.Queue.Now) return;
        world.Count(FaultKind.AgentLeft);
        host.LeaveAgent();
    }

    private void CrashMachine()
    {
        var host = AnyHost();
        if (!host.Powered) return;
        world.Count(FaultKind.MachineCrash);
        host.CrashMachine();
        world.Queue.After(Seconds(1, 15), host.StartMachine);
    }

    private void Partition()
    {
        SimProcess a = AnyOfAllSilos();
        SimProcess b = _chance.Chance(0.5) ? AnyOfAllSilos() : AnyHost();
        if (b is Host host && _chance.Chance(0.8)) a = world.SiloOf(host.Node.Region);
        if (ReferenceEquals(a, b)) return;
        var both = _chance.Chance(0.5);
        if (!both && _chance.Chance(0.5)) (a, b) = (b, a);
        world.Count(both ? FaultKind.PartitionTwoWay : FaultKind.PartitionOneWay);
        world.Network.Cut(a, b);
        if (both) world.Network.Cut(b, a);
        world.Trace.Add(TraceKind.Cut, a.Name, b.Name, both ? "both ways" : "one way");
        world.Queue.After(Seconds(0.5, 30), () =>
        {
            world.Network.Heal(a, b);
            if (both) world.Network.Heal(b, a);
            world.Trace.Add(TraceKind.Healed, a.Name, b.Name);
        });
    }

    private void Pause()
    {
        SimProcess process = _chance.Chance(0.4) ? AnyOfAllSilos() : AnyHost();
        if (!process.Up) return;
        world.Count(process is Silo ? FaultKind.SiloPaused : FaultKind.AgentPaused);
        process.PausedUntil = world.Queue.Now + Seconds(0.2, 10);
        world.Trace.Add(TraceKind.Paused, process.Name);
    }

    private void SlowDisk()
    {
        world.Count(FaultKind.SlowDisk);
        AnyOfAllSilos().Disk.SlowUntil = world.Queue.Now + Seconds(0.5, 8);
    }

    private void Hold()
    {
        var node = world.Hosts[_holds.Next(world.Hosts.Length)].Node;
        var drain = _holds.Chance(0.6);
        var resumeAfter = TimeSpan.FromSeconds(0.5 + (_holds.NextDouble() * 15)).Ticks;
        if (!world.Client.Hold(node, drain ? NodeHold.Draining : NodeHold.Cordoned)) return;
        world.Count(drain ? FaultKind.NodeDrained : FaultKind.NodeCordoned);
        world.Queue.After(resumeAfter, () => world.Client.Hold(node, NodeHold.None));
    }

    private void KillProcess()
    {
        if (AnyHost().KillOne()) world.Count(FaultKind.ProcessKilled);
    }

    private void Replay()
    {
        if (_past.Count == 0) return;
        var (to, message) = _past[_chance.Next(_past.Count)];
        var silo = world.SiloOf(to.Region);
        if (!silo.Up || silo.PausedUntil > world.Queue.Now) return;
        world.Count(FaultKind.StaleReplay);
        silo.Receive(to, message, _ => { }, replay: true);
    }

    private Silo? AnySilo()
    {
        var silo = AnyOfAllSilos();
        return silo.Up && silo.PausedUntil <= world.Queue.Now ? silo : null;
    }

    private Silo AnyOfAllSilos() => world.Silos[_chance.Next(world.Silos.Length)];

    private Host AnyHost() => world.Hosts[_chance.Next(world.Hosts.Length)];

    /// <summary>Even on a logarithmic scale, so that most are short and some are long.</summary>
    private long Seconds(double least, double most) => (long)(least * Math.Pow(most / least, _chance.NextDouble()) * TimeSpan.TicksPerSecond);

    private void RepeatHold()
    {
        if (world.Rates.HoldEvery is not { } mean) return;
        var pause = (long)(-Math.Log(1 - _holds.NextDouble()) * mean.Ticks);
        world.Queue.After(pause, () =>
        {
            if (_quiet) return;
            Hold();
            RepeatHold();
        });
    }

    private void Repeat(TimeSpan? every, Action fault)
    {
        if (every is not { } mean) return;
        var pause = (long)(-Math.Log(1 - _chance.NextDouble()) * mean.Ticks);
        world.Queue.After(pause, () =>
        {
            if (_quiet) return;
            fault();
            Repeat(every, fault);
        });
    }
}
