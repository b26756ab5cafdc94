using System.Collections.Immutable;
using Lepton.Agent.Attempts;
using Lepton.Agent.Containers;
using Lepton.Agent.Devices.Grants;
using Lepton.Agent.Devices.Isolation;
using Lepton.Agent.Devices.Sources;
using Lepton.Agent.Devices.Watching;
using Lepton.Agent.Processes;
using Lepton.Cuda;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices;

/// <summary>The one session of the agent with the devices of its machine: what they are, how they do, who holds them.</summary>
/// <remarks>A thread of its own sweeps once a second; events have another. A driver that hangs stops these, and nobody else.</remarks>
internal sealed partial class DeviceSession : IAttemptDevices, IAsyncDisposable
{
    private int _disposed;
    private readonly DeviceSettings _settings;
    private readonly BootClock _clock;
    private readonly ILogger _log;
    private readonly DriverSource _driver;
    private readonly MpsDaemons _mps;
    private readonly CancellationTokenSource _stop = new();
    private readonly AutoResetEvent _poke = new(false);
    private readonly TroubledDevices _troubled;
    private volatile DevicePicture _picture = DevicePicture.Empty;
    private IDeviceNews? _news;
    private NodeSpec? _bare;
    private Thread? _thread;
    private Task _events = Task.CompletedTask;

    public DeviceSession(DeviceSettings settings, BootClock clock, ILogger log)
    {
        (_settings, _clock, _log) = (settings, clock, log);
        _driver = new DriverSource(settings, clock, log);
        _mps = new MpsDaemons(settings.MpsFolders);
        _troubled = new TroubledDevices(settings, clock, log);
        Holds = new HoldBook(_driver, clock, log);
    }

    public DevicePicture Picture => _picture;

    /// <summary>Who holds what.</summary>
    public HoldBook Holds { get; }

    /// <summary>The newest sweep; null before the first.</summary>
    public DeviceSweep? Latest => Volatile.Read(ref _latest);

    /// <summary>The emulation, when that was configured.</summary>
    public Cuda.Emulated.EmulatedDevices? Emulation => _driver.Emulation;

    /// <summary>Looks for the devices once; afterwards <see cref="Picture"/> says what was found, or why nothing was.</summary>
    public async Task Open()
    {
        var (inventory, error) = await _driver.Open(_stop.Token);
        await Paint(inventory, error);
        var devices = _picture.Devices;
        if (!devices.IsEmpty)
            DeviceEvents.Offers(_log, devices.Length, devices.Count(d => d.Emulated), _picture.DriverVersion ?? "none", _picture.CudaVersion ?? "none", _picture.Isolation);
    }

    /// <summary>From now on what is learnt is told.</summary>
    /// <param name="news">Who is told.</param>
    /// <param name="bare">The machine without its devices.</param>
    public void Begin(IDeviceNews news, NodeSpec bare)
    {
        (_news, _bare) = (news, bare);
        if (_picture.Devices.IsEmpty && !_driver.IsWanted) return;     // nothing will be seen here, unless the node knows better
        Listen();
        Watch();
    }

    /// <summary>Which devices are not healthy, as the node sees them.</summary>
    public void Troubled(ImmutableArray<DeviceState> devices)
    {
        _troubled.Are(devices);
        if (_news is null || _driver.IsWanted || !_settings.Devices.Nvml || devices.IsDefaultOrEmpty || !devices.Any(IsOfADriver)) return;
        // This machine has had devices of a driver: its library may come back, as after an upgrade.
        _driver.WantAgain();
        Watch();
    }

    public IReadOnlyDictionary<string, string> Variables(Assignment assignment)
    {
        var devices = Granted(
            assignment,
            uuid => throw new PreparationException($"The device '{uuid}' is granted, and this machine has none of that name. Maybe its agent was restarted with other --devices."));
        // A node says that it has MPS when any tenant has a daemon: whether this one has, only it knows.
        if (assignment.Run.Template.Demand.Isolation.HasFlag(IsolationAbilities.Mps) && devices.FirstOrDefault(d => d.MpsPipes is null) is { } without)
            throw new PreparationException($"The task asks for MPS, and no daemon of tenant '{assignment.Run.Tenant}' runs for {without.Device.Uuid} on this machine. Maybe start one and name it with --mps.");
        return DeviceVariables.Make(devices);
    }

    public ContainerDevices ForContainer(Assignment assignment)
    {
        var (devices, picture) = (Granted(assignment, static uuid => throw new PreparationException($"The device '{uuid}' is granted, and this machine has none of that name.")), _picture);
        return new ContainerDevices(
            [.. devices.Where(d => d.IsCuda).Select(d => d.Device.Uuid)],
            [.. devices.Select(d => picture.Declared.GetValueOrDefault(d.Device.Uuid)?.Path).OfType<string>()],
            devices is [{ MpsPipes: { } pipes }] ? pipes : null);
    }

    public async Task<string?> Refusal(Assignment assignment, CancellationToken cancel)
    {
        if (assignment.Devices.IsDefaultOrEmpty) return null;
        var since = _clock.GetTimestamp();
        while (true)
        {
            string? former = null;
            string? uuid = null;
            foreach (var device in assignment.Devices)
            {
                if (former is not null) break;
                uuid = device.Uuid;
                former = await Holds.Former(uuid, assignment.Attempt, cancel);
            }
            if (former is null) return null;
            if (_clock.GetElapsedTime(since) >= _settings.FormerLimit)
            {
                // Or the region would send the next one to the very same device.
                _news?.Learnt(new DeviceSignal(0, DeviceSignalKind.NoAnswer, uuid, _clock.GetUtcNow()));
                return former;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
        }
    }

    public IHeldDevices Hold(Assignment assignment, AttemptFolder folder, ProcessIdentity process, DateTimeOffset startedAt, Action<string> overrun)
    {
        if (assignment.Devices.IsDefaultOrEmpty) return NoDevices.Instance;
        var devices = Granted(assignment, uuid => new Device(uuid, DeviceKind.Gpu, "unknown", 0, uuid.StartsWith(Cuda.Emulated.EmulatedDevice.Prefix, StringComparison.Ordinal)));
        var hold = new DeviceHold(assignment, devices, process, startedAt, new UsageFile(folder, _log), overrun);
        Holds.Add(hold);
        return new Held(this, hold);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        _poke.Set();
        // A thread that hangs in the driver is left to end with the process.
        _thread?.Join(_settings.CallLimit);
        _driver.Dispose();
        await _events;
        _stop.Dispose();
    }

    private bool IsOfADriver(DeviceState device) => device.Phase == DevicePhase.Lost
        && !device.Uuid.StartsWith(Cuda.Emulated.EmulatedDevice.Prefix, StringComparison.Ordinal)
        && !_picture.Declared.ContainsKey(device.Uuid);

    private void Watch()
    {
        if (_thread is not null || _stop.IsCancellationRequested) return;
        _thread = new Thread(Run) { IsBackground = true, Name = "lepton-devices" };
        _thread.Start();
    }

    private ImmutableArray<GrantedDevice> Granted(Assignment assignment, Func<string, Device> unknown)
    {
        if (assignment.Devices.IsDefaultOrEmpty) return [];
        var picture = _picture;
        return [.. assignment.Devices.Select(grant => new GrantedDevice(
            grant,
            picture.Find(grant.Uuid) ?? unknown(grant.Uuid),
            picture.Declared.TryGetValue(grant.Uuid, out var declared) ? declared.Variables : ImmutableSortedDictionary<string, string>.Empty,
            grant.IsWhole ? null : _mps.PipeFolder(assignment.Run.Tenant.Value, grant.Uuid)))];
    }

    private sealed class Held(DeviceSession session, DeviceHold hold) : IHeldDevices
    {
        public async Task<AttemptUsage?> Release(DateTimeOffset endedAt)
        {
            // A device that keeps a dead process is not to be trusted with another one.
            await session.Holds.Remove(hold, uuid => session._news?.Learnt(new DeviceSignal(0, DeviceSignalKind.NoAnswer, uuid, session._clock.GetUtcNow())));
            return hold.Meter.At(endedAt);
        }
    }
}
