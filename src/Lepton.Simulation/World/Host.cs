using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Agents;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>
/// A machine with its agent. The agent is a process around the product's <see cref="AgentMachine"/>; what its shims run, and what is kept of
/// them on the machine's disk, outlives it.
/// </summary>
internal sealed class Host : SimProcess
{
    private readonly VirtualWorld _world;
    private readonly RegionSettings _settings;
    private readonly NodeSpec _spec;
    private readonly AgentSettings _agentSettings;
    private readonly List<VirtualShim> _kept = [];
    private readonly HashSet<AttemptId> _starting = [];
    private readonly AgentEffects _fx = new();
    private SeedStream _chance;
    private AgentMachine? _agent;
    private DateTimeOffset? _deadline;
    private long _incarnation;
    private long _tickAt = long.MaxValue;

    public Host(VirtualWorld world, int index, NodeId node, Capacity capacity, ImmutableArray<Device> devices, Fleet fleet, SkewedClock clock)
        : base(index, node.ToString(), clock)
    {
        (_world, Node, Capacity, _settings) = (world, node, capacity, fleet.SettingsOf(node.Region));
        _spec = new NodeSpec(capacity, devices, fleet.LabelsOf(node), "sim") { Taints = fleet.TaintsOf(node), Isolation = fleet.IsolationOf(node) };
        Devices = new VirtualDevices(world, this, devices);
        _agentSettings = new AgentSettings(_settings.HeartbeatEvery, _settings.HeartbeatEvery * 2);
        _chance = SeedStream.For(world.Seed, $"host {node}");
    }

    public NodeId Node { get; }

    public Capacity Capacity { get; }

    public VirtualDevices Devices { get; }

    private NodeSpec Spec => _spec with { Devices = Devices.Listed };

    public bool Powered { get; private set; }

    public int ProcessesStarted { get; private set; }

    public int Running => _kept.Count(shim => shim.Running);

    public void Start()
    {
        Powered = true;
        StartAgent();
    }

    public void StartAgent()
    {
        if (Up || !Powered) return;
        Rise();
        _starting.Clear();
        _tickAt = long.MaxValue;
        _world.Trace.Add(TraceKind.Up, $"agent {Name}");
        Devices.AgentStarted();
        _agent = new AgentMachine(Node, ++_incarnation, Spec, _agentSettings);
        var now = Now();
        foreach (var shim in _kept)
        {
            var template = shim.Run.Template;
            _agent.Adopt(new AdoptedAttempt(shim.Attempt, shim.NodeEpoch, template.Demand.Capacity, shim.StartedAt, template.TimeLimit, template.Grace, EndOf(shim)) { Devices = shim.Devices }, now);
        }

        Tick();
    }

    /// <summary>The agent process dies; what it started runs on under its shims.</summary>
    public void CrashAgent()
    {
        if (!Up) return;
        _world.Trace.Add(TraceKind.Down, $"agent {Name}");
        Fall();
    }

    /// <summary>Power is lost: agent and processes are gone at once. The disk stays, mostly.</summary>
    public void CrashMachine()
    {
        CrashAgent();
        _world.Trace.Add(TraceKind.Down, $"machine {Name}");
        Powered = false;
        _deadline = null;
        foreach (var shim in _kept.ToList()) shim.Vanish();
        if (_chance.Chance(0.3)) _kept.Clear();
    }

    public void StartMachine()
    {
        if (!Powered) Start();
    }

    /// <summary>The agent is asked to go down in order, as a service manager does.</summary>
    public void LeaveAgent() => With((agent, now) => agent.Leave(now, now: false, _fx));

    /// <summary>The system kills one of the processes, for lack of memory or by a person's hand.</summary>
    public bool KillOne()
    {
        var running = _kept.Where(shim => shim.Running).ToList();
        if (running.Count == 0) return false;
        running[_chance.Next(running.Count)].Kill();
        return true;
    }

    /// <summary>The agent learns something about a device; one that is down learns nothing.</summary>
    public void Sense(Func<DateTimeOffset, DeviceSignal> signal) => With((agent, now) => agent.Sensed(signal(now.At), _fx));

    /// <summary>The driver lists other devices than before.</summary>
    public void Respecify() => With((agent, _) => agent.Respecify(Spec, _fx));

    /// <summary>A device is out of reach: some of what runs on it fails at once, the rest hangs until it is stopped.</summary>
    public void DeviceGone(string uuid)
    {
        foreach (var shim in _kept.Where(shim => shim.Running && shim.Devices.Any(d => d.Uuid == uuid)).ToList())
        {
            if (_chance.Chance(0.5)) shim.Fail();
        }
    }

    public void Hint() => With((agent, now) => agent.Hinted(now, _fx));

    /// <summary>A shim tells that its process is over; an agent that is down finds it out later.</summary>
    public void ProcessEnded(VirtualShim shim) =>
        _world.After(this, TimeSpan.TicksPerMillisecond + _chance.Next(100_000), () => With((agent, now) => agent.Ended(shim.Attempt, EndOf(shim)!, now, _fx)));

    private Moment Now() => new(Clock.At(_world.Queue.Now), _chance.NextUInt64());

    private void With(Action<AgentMachine, Moment> step)
    {
        if (!Up) return;
        step(_agent!, Now());
        Act();
    }

    private void Tick() => With((agent, now) => agent.Tick(now, _fx));

    private void Act()
    {
        var effects = _fx.Items.ToArray();
        _fx.Clear();
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case BeatNow: Beat(); break;
                case StartAttempt start: Launch(start.Assignment); break;
                case Scheduling.StateMachines.Agents.StopAttempt stop: Stop(stop); break;
                case RenewDeadline renew: Renew(renew.Until); break;
                case KeepUntil: break;      // keeping takes no time here
                case ForgetAttempt forget: _kept.RemoveAll(shim => shim.Attempt == forget.Attempt && !shim.Running); break;
                default: throw new NotSupportedException($"The world knows no effect {effect.GetType().Name}.");
            }
        }

        if (_agent!.MayLeave) Exit();
        else Arm();
    }

    /// <summary>The agent went down in order, or was replaced: its service manager starts the next one.</summary>
    private void Exit()
    {
        _world.Trace.Add(TraceKind.Down, $"agent {Name}", null, "left");
        Fall();
        _world.Queue.After(TimeSpan.TicksPerSecond + _chance.Next(20_000_000), StartAgent);
    }

    private void Arm()
    {
        var wake = _agent!.NextWake;
        if (wake == DateTimeOffset.MaxValue) return;
        var at = Math.Max(Clock.When(wake), _world.Queue.Now + 1);
        if (at >= _tickAt) return;
        _tickAt = at;
        _world.After(this, at - _world.Queue.Now, () =>
        {
            if (_tickAt != at)
            {
                _world.Queue.Moot();
                return;
            }

            _tickAt = long.MaxValue;
            Tick();
        });
    }

    private void Beat()
    {
        if (Devices.HasAny) _agent!.Swept(Devices.Sweep(Clock.At(_world.Queue.Now)));
        var beat = _agent!.NextBeat(Now());
        var timeout = _agentSettings.BeatTimeout.Ticks;
        _world.Ask(this, _world.SiloOf(Node.Region), Address.Of(Node), beat, timeout, reply => With((agent, now) =>
        {
            if (reply is Unanswered) agent.BeatFailed(beat.Sequence, now, _fx);
            else agent.BeatAnswered(beat.Sequence, reply, now, _fx);
            Devices.LookAfter(agent.Troubled);
        }));
    }

    /// <summary>Inputs are fetched first, which may take a while; a shim starts nothing once the deadline has passed.</summary>
    private void Launch(Assignment assignment)
    {
        var attempt = assignment.Attempt;
        _starting.Add(attempt);
        var staging = TimeSpan.TicksPerMillisecond * (2 + _chance.Next(_chance.Chance(0.1) ? 3_000 : 60));
        _world.After(this, staging, () =>
        {
            if (!_starting.Remove(attempt)) return;
            var now = Clock.At(_world.Queue.Now);
            if (_deadline is not { } deadline || deadline <= now)
            {
                With((agent, moment) => agent.Ended(attempt, AttemptEnd.Bare(AttemptEndCause.NotStarted, $"The lease of {Node} ran out before the start.", moment.At), moment, _fx));
                return;
            }

            ProcessesStarted++;
            _kept.Add(new VirtualShim(_world, this, attempt, assignment.NodeEpoch, assignment.Run, assignment.Devices, now, deadline));
            _world.After(this, 10_000, () => With((agent, _) => agent.Started(attempt, now, _fx)));
        });
    }

    private void Stop(Scheduling.StateMachines.Agents.StopAttempt stop)
    {
        if (_starting.Remove(stop.Attempt))
        {
            _world.After(this, 10_000, () => With((agent, now) =>
                agent.Ended(stop.Attempt, AttemptEnd.Bare(AttemptEndCause.NotStarted, $"Stopped on {Node} before the start ({stop.Cause}).", now.At), now, _fx)));
            return;
        }

        if (_kept.Find(shim => shim.Attempt == stop.Attempt) is not { Running: true } shim) return;
        if (stop.Grace is not { } grace || grace <= TimeSpan.Zero)
        {
            shim.Kill();
            return;
        }

        shim.Terminate();
        _world.After(this, grace.Ticks, shim.Kill);
    }

    private void Renew(DateTimeOffset until)
    {
        _deadline = until;
        foreach (var shim in _kept) shim.Renew(until);
    }

    private AttemptEnd? EndOf(VirtualShim shim)
    {
        if (shim.EndedAt is not { } endedAt) return null;
        var (cause, message) = shim switch
        {
            { Vanished: true } => (AttemptEndCause.NodeLost, $"{Node} lost power."),
            { EndedByDeadline: true } => (AttemptEndCause.LeaseExpired, $"The lease of {Node} ran out."),
            { ExitCode: 0 } => (AttemptEndCause.Completed, ""),
            _ => (AttemptEndCause.ExitNonZero, ""),
        };
        ImmutableArray<ArtifactRef> artifacts = cause == AttemptEndCause.Completed ? [new ArtifactRef("out", Node.Region, new string('0', 64), 1)] : [];
        return new AttemptEnd(cause, shim.ExitCode, shim.Signal, message, shim.StartedAt, endedAt, artifacts, []);
    }
}
