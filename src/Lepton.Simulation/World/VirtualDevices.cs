using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>The devices of a machine as its driver would tell of them: which are lost, which want a reset, and what the agent hears of it.</summary>
internal sealed class VirtualDevices(VirtualWorld world, Host host, ImmutableArray<Device> devices)
{
    private readonly Dictionary<string, Trouble> _trouble = new(StringComparer.Ordinal);
    private readonly HashSet<string> _looking = [];
    private readonly HashSet<string> _away = [];
    private SeedStream _chance = SeedStream.For(world.Seed, $"devices {host.Node}");

    public bool HasAny => !devices.IsEmpty;

    public ImmutableArray<Device> All => devices;

    /// <summary>What the driver listed when it was last opened: a lost device is not among them.</summary>
    public ImmutableArray<Device> Listed => _away.Count == 0 ? devices : [.. devices.Where(d => !_away.Contains(d.Uuid))];

    /// <summary>What a sweep reads now. The driver says nothing of a MIG instance's health.</summary>
    public ImmutableArray<DeviceLoad> Sweep(DateTimeOffset at) =>
        [.. Listed.Select(d => new DeviceLoad(d.Uuid, at, 0.5, 1 << 20, 40, 200_000, d.IsInstance ? null : ReadingOf(d.Uuid)))];

    /// <summary>A failure of one of the devices, for a while. False: it has one already.</summary>
    public bool Strike(FaultKind kind, int which, long backAfter)
    {
        var whole = devices.Where(d => !d.IsInstance).ToList();
        var uuid = whole[which % whole.Count].Uuid;
        if (_trouble.ContainsKey(uuid)) return false;
        world.Trace.Add(TraceKind.Note, host.Name, uuid, kind.ToString());
        switch (kind)
        {
            case FaultKind.DeviceApplicationFault:
                Report(uuid, 31);
                break;
            case FaultKind.DeviceHung:
                host.Sense(at => new DeviceSignal(0, DeviceSignalKind.NoAnswer, uuid, at));
                break;
            case FaultKind.DeviceDrained:
                _trouble.Add(uuid, Trouble.WantsReset);
                Report(uuid, 48);
                world.Queue.After(backAfter, () => Return(uuid));
                break;
            default:
                _trouble.Add(uuid, Trouble.Lost);
                foreach (var lost in devices.Where(d => d.Uuid == uuid || d.ParentUuid == uuid)) host.DeviceGone(lost.Uuid);
                if (_chance.Chance(0.8)) Report(uuid, 79);          // else only the next sweep finds it
                world.Queue.After(backAfter, () => Return(uuid));
                break;
        }

        return true;
    }

    public void RepairAll()
    {
        foreach (var uuid in _trouble.Keys.Order(StringComparer.Ordinal).ToList()) Return(uuid);
    }

    /// <summary>A new agent process knows nothing of what the one before was looking for.</summary>
    public void AgentStarted()
    {
        _looking.Clear();
        _away.Clear();
        foreach (var lost in devices.Where(d => _trouble.GetValueOrDefault(d.ParentUuid ?? d.Uuid) == Trouble.Lost))
        {
            _away.Add(lost.Uuid);
            world.Count(FaultKind.DeviceAway);
            world.Trace.Add(TraceKind.Note, host.Name, lost.Uuid, "is not listed");
        }
    }

    /// <summary>Looks after what the node says is in trouble: enumerates again, then opens a context in a child process.</summary>
    public void LookAfter(ImmutableArray<DeviceState> troubled)
    {
        foreach (var state in troubled)
        {
            if (devices.FirstOrDefault(d => d.Uuid == state.Uuid) is not { } device || IsInTrouble(device) || !_looking.Add(device.Uuid)) continue;
            var recovering = state.Phase == DevicePhase.Recovering;
            world.After(host, (long)((0.05 + (_chance.NextDouble() * 0.8)) * TimeSpan.TicksPerSecond), () =>
            {
                _looking.Remove(device.Uuid);
                if (_away.Contains(device.Uuid))
                {
                    // It was away when the driver was opened, which is opened anew.
                    if (IsInTrouble(device) || !_away.Remove(device.Uuid)) return;
                    world.Trace.Add(TraceKind.Note, host.Name, device.Uuid, "is listed again");
                    host.Respecify();
                    return;
                }

                if (recovering && device.MigMode) return;           // a context opens on its instances only
                host.Sense(at => recovering
                    ? new DeviceSignal(0, DeviceSignalKind.ContextChecked, device.Uuid, at) { Ok = !IsInTrouble(device) }
                    : new DeviceSignal(0, DeviceSignalKind.FoundAgain, device.Uuid, at) { Reading = ReadingOf(device.ParentUuid ?? device.Uuid) });
            });
        }
    }

    private bool IsInTrouble(Device device) => _trouble.ContainsKey(device.ParentUuid ?? device.Uuid);

    private DeviceReading ReadingOf(string uuid)
    {
        var trouble = _trouble.GetValueOrDefault(uuid);
        return new DeviceReading(trouble == Trouble.Lost, trouble == Trouble.WantsReset ? RecoveryAction.Reset : RecoveryAction.None, false, false);
    }

    private void Report(string uuid, long xid) => host.Sense(at => new DeviceSignal(0, DeviceSignalKind.Happened, null, at)
    {
        Event = new DeviceEvent(uuid, DeviceEventKind.Xid, xid, null, null, null, true, at),
    });

    private void Return(string uuid)
    {
        if (!_trouble.Remove(uuid)) return;
        world.Count(FaultKind.DeviceReturned);
        world.Trace.Add(TraceKind.Note, host.Name, uuid, "works again");
    }

    private enum Trouble
    {
        None,
        WantsReset,
        Lost,
    }

    /// <summary>The devices of a seed's machines: some have none, some GPUs of one model on islands, some a GPU split into instances.</summary>
    public static ImmutableArray<Device> Draw(ref SeedStream chance, NodeId node)
    {
        if (!chance.Chance(0.6)) return [];
        string[] models = ["A100", "H100", "L4"];
        var model = models[chance.Next(models.Length)];
        var memory = (model == "L4" ? 24L : 80L) << 30;
        var count = 1 + chance.Next(6);
        var perIsland = 1 + chance.Next(4);
        var split = chance.Chance(0.3) ? chance.Next(count) : -1;
        var drawn = ImmutableArray.CreateBuilder<Device>();
        for (var i = 0; i < count; i++)
        {
            var uuid = string.Create(CultureInfo.InvariantCulture, $"EMU-{node.Region}-{node.Name}-{i}");
            var device = new Device(uuid, DeviceKind.Gpu, model, memory, true) { Index = i, Island = perIsland > 1 ? i / perIsland : null, MigMode = i == split };
            drawn.Add(device);
            for (uint part = 1; i == split && part <= 2; part++)
            {
                drawn.Add(device with
                {
                    Uuid = $"{uuid}-mig{part}", ParentUuid = uuid, MigMode = false, MigProfile = "3g.40gb", MemoryBytes = memory / 2, GpuInstance = part, ComputeInstance = 0, Island = null,
                });
            }
        }

        return drawn.ToImmutable();
    }
}
