using Lepton.Scheduling;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Faults;

/// <summary>Device failures, drawn from a stream of their own: seeds without devices run as if there were none.</summary>
internal sealed class DeviceFaults(VirtualWorld world)
{
    private SeedStream _chance = SeedStream.For(world.Seed, "device faults");
    private bool _quiet;

    public void Start()
    {
        if (world.Hosts.Any(host => host.Devices.HasAny)) Next();
    }

    public void Calm()
    {
        _quiet = true;
        foreach (var host in world.Hosts) host.Devices.RepairAll();
    }

    private void Next()
    {
        if (world.Rates.DeviceFaultEvery is not { } mean) return;
        world.Queue.After((long)(-Math.Log(1 - _chance.NextDouble()) * mean.Ticks), () =>
        {
            if (_quiet) return;
            Strike();
            Next();
        });
    }

    private void Strike()
    {
        var host = world.Hosts[_chance.Next(world.Hosts.Length)];
        if (!host.Devices.HasAny || !host.Powered) return;
        var kind = _chance.NextDouble() switch
        {
            < 0.25 => FaultKind.DeviceApplicationFault,
            < 0.55 => FaultKind.DeviceDrained,
            < 0.95 => FaultKind.DeviceLost,
            _ => FaultKind.DeviceHung,
        };
        var back = (long)(0.3 * Math.Pow(30, _chance.NextDouble()) * TimeSpan.TicksPerSecond);
        if (!host.Devices.Strike(kind, _chance.Next(1_000), back)) return;
        world.Count(kind);

        // What takes a device away often takes the agent with it: the driver does not list the device when the next one starts.
        if (kind != FaultKind.DeviceLost || !_chance.Chance(0.15) || !host.Up) return;
        world.Count(FaultKind.AgentCrash);
        host.CrashAgent();
        world.Queue.After((long)(back * _chance.NextDouble()), host.StartAgent);
    }
}
