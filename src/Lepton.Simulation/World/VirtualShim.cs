using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>
/// The process of one attempt under its shim, as both live on the machine: it outlives the agent, and the shim ends it when nobody has renewed
/// its deadline. What it did stays on the machine's disk.
/// </summary>
internal sealed class VirtualShim
{
    /// <summary>Run times in seconds, even on a logarithmic scale: most tasks are shorter than a lease, some outlive several.</summary>
    private const double Shortest = 0.05;

    private const double Usual = 5;
    private const double Longest = 30;

    private readonly VirtualWorld _world;
    private readonly Host _host;
    private readonly bool _ignoresSigterm;
    private long _timer;

    public VirtualShim(
        VirtualWorld world, Host host, AttemptId attempt, Epoch nodeEpoch, RunSpec run, ImmutableArray<DeviceGrant> devices, DateTimeOffset startedAt, DateTimeOffset deadline)
    {
        (_world, _host, Attempt, NodeEpoch, Run, Devices, StartedAt, Deadline) = (world, host, attempt, nodeEpoch, run, devices, startedAt, deadline);
        var chance = SeedStream.For(world.Seed, $"process {attempt}");
        var seconds = Shortest * Math.Pow((chance.Chance(0.15) ? Longest : Usual) / Shortest, chance.NextDouble());
        var exit = chance.Chance(0.85) ? 0 : 1 + chance.Next(100);
        _ignoresSigterm = chance.Chance(world.Rates.IgnoresSigterm);
        world.Trace.Add(TraceKind.ProcessStarted, host.Name, null, attempt);
        world.Emit(new ProcessStarted(host.Node, attempt, run.Template.Demand.Capacity, nodeEpoch, devices));
        world.Queue.After((long)(seconds * TimeSpan.TicksPerSecond), () => End(exit, null, "finished"));
        Watch();
    }

    public AttemptId Attempt { get; }

    public Epoch NodeEpoch { get; }

    public RunSpec Run { get; }

    public ImmutableArray<DeviceGrant> Devices { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>On the clock of the machine: the shim ends the process then.</summary>
    public DateTimeOffset Deadline { get; private set; }

    public bool Running => EndedAt is null;

    public DateTimeOffset? EndedAt { get; private set; }

    public int? ExitCode { get; private set; }

    public int? Signal { get; private set; }

    /// <summary>The machine lost power: there is no record of how it ended.</summary>
    public bool Vanished { get; private set; }

    public bool EndedByDeadline { get; private set; }

    public void Renew(DateTimeOffset deadline)
    {
        if (!Running || deadline <= Deadline) return;
        Deadline = deadline;
        Watch();
    }

    /// <summary>SIGTERM: most end soon, some do not care.</summary>
    public void Terminate()
    {
        if (!Running) return;
        _world.Trace.Add(TraceKind.ProcessSignalled, _host.Name, "SIGTERM", Attempt);
        if (_ignoresSigterm)
        {
            _world.Count(FaultKind.SigtermIgnored);
            return;
        }

        _world.Queue.After(20 * TimeSpan.TicksPerMillisecond, () => End(null, 15, "SIGTERM"));
    }

    /// <summary>The program cannot go on: its device is gone.</summary>
    public void Fail() => _world.Queue.After(5 * TimeSpan.TicksPerMillisecond, () => End(1, null, "its device is gone"));

    public void Kill() => End(null, 9, "SIGKILL");

    public void Vanish()
    {
        if (!Running) return;
        Vanished = true;
        End(null, null, "power lost");
    }

    private void Watch()
    {
        if (_world.Sabotage.ShimsIgnoreTheirDeadline) return;
        var at = Math.Max(_host.Clock.When(Deadline), _world.Queue.Now);
        if (_timer == at) return;
        _timer = at;
        _world.Queue.At(at, () =>
        {
            if (!Running || _timer != at)
            {
                _world.Queue.Moot();
                return;
            }

            EndedByDeadline = true;
            End(null, 9, "its deadline has passed");
        });
    }

    private void End(int? exit, int? signal, string why)
    {
        if (!Running) return;
        (EndedAt, ExitCode, Signal) = (_host.Clock.At(_world.Queue.Now), exit, signal);
        _world.Trace.Add(TraceKind.ProcessEnded, _host.Name, Attempt.ToString(), exit is { } code ? $"exit {code}" : why);
        _world.Emit(new ProcessEnded(_host.Node, Attempt, exit));
        if (!Vanished) _host.ProcessEnded(this);
    }
}
