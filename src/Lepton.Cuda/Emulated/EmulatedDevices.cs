using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Lepton.Cuda.Nvml;
using Lepton.Model;

namespace Lepton.Cuda.Emulated;

/// <summary>Devices that do not exist, by explicit configuration: they say so in every record, and do what they are told.</summary>
public sealed class EmulatedDevices : IDeviceProbe, IDeviceSampler, IDeviceEventSource
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly ImmutableArray<EmulatedDevice> _devices;
    private readonly State[] _states;

    // Unbounded: whoever injects events decides how many there are.
    private readonly Channel<DeviceEvent> _events = Channel.CreateUnbounded<DeviceEvent>();
    private DeviceInventory? _inventory;

    public EmulatedDevices(ImmutableArray<EmulatedDevice> devices, TimeProvider clock)
    {
        (_devices, _clock) = (devices, clock);
        _states = [.. devices.Select(_ => new State())];
    }

    public ProbeKind Kind => ProbeKind.Emulated;

    public int Count => _devices.Length;

    public ChannelReader<DeviceEvent> Events => _events.Reader;

    /// <summary>Nothing to start: events are the ones injected.</summary>
    public void Start()
    {
    }

    public Task<ProbeResult<DeviceInventory>> EnumerateAsync(CancellationToken cancel) =>
        Task.FromResult<ProbeResult<DeviceInventory>>(_inventory ??= new DeviceInventory(
            Kind, Emulated: true, null, null, null, BootId.Read(), [.. _devices.Select(Fingerprint)], Links(), []));

    public Task<ProbeResult<DeviceProcesses>> ProcessesAsync(string uuid, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (Find(uuid) is not { } state) return Task.FromResult<ProbeResult<DeviceProcesses>>(ProbeError.Of(NvmlReturn.NotFound, $"processes of {uuid}"));
            if (state.Lost) return Task.FromResult<ProbeResult<DeviceProcesses>>(ProbeError.Of(NvmlReturn.GpuIsLost, $"processes of {uuid}"));
            return Task.FromResult<ProbeResult<DeviceProcesses>>(new DeviceProcesses(
                uuid, [.. state.Processes.Select(p => new DeviceProcess(p.Key, p.Value, null, null, ThroughMps: false, Emulated: true))], Emulated: true));
        }
    }

    public int Sample(Span<DeviceSample> samples)
    {
        var count = Math.Min(samples.Length, _devices.Length);
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            for (var i = 0; i < count; i++) samples[i] = Read(_devices[i], _states[i], now);
        }
        return count;
    }

    /// <summary>Lets a process hold so much memory of a device; 0 ends it.</summary>
    public void Use(string uuid, int pid, long bytes)
    {
        lock (_lock)
        {
            var state = Known(uuid);
            state.Processes = bytes == 0 ? state.Processes.Remove(pid) : state.Processes.SetItem(pid, bytes);
            state.Used = state.Processes.Values.Sum();
        }
    }

    /// <summary>Lets an XID happen.</summary>
    public void Xid(string uuid, long code, RecoveryAction recovery = RecoveryAction.None)
    {
        lock (_lock) Known(uuid).Recovery = recovery;
        Tell(uuid, DeviceEventKind.Xid, code, recovery);
    }

    /// <summary>Lets a device go out of reach, or come back.</summary>
    public void SetLost(string uuid, bool lost)
    {
        lock (_lock)
        {
            var state = Known(uuid);
            if (state.Lost == lost) return;
            state.Lost = lost;
        }
        Tell(uuid, lost ? DeviceEventKind.Lost : DeviceEventKind.Returned, lost ? (long)NvmlReturn.GpuIsLost : 0, null);
    }

    public void Dispose() => _events.Writer.TryComplete();

    private static DeviceFingerprint Fingerprint(EmulatedDevice device, int index) =>
        new(device.Uuid, device.Name, index, null, null, device.ComputeCapability, device.MemoryBytes, device.ReservedBytes,
            MigMode: false, Placeable: true, null, null, null, null, Emulated: true);

    private static DeviceSample Read(EmulatedDevice device, State state, long now)
    {
        var code = state.Lost ? NvmlReturn.GpuIsLost : NvmlReturn.Success;
        var absent = new Reading(state.Lost ? NvmlReturn.GpuIsLost : NvmlReturn.NotSupported, 0);
        return new()
        {
            Uuid = device.Uuid,
            Emulated = true,
            Timestamp = now,
            MemoryTotalBytes = Reading.Of(code, device.MemoryBytes),
            MemoryReservedBytes = Reading.Of(code, device.ReservedBytes),
            MemoryUsedBytes = Reading.Of(code, state.Used),
            MemoryFreeBytes = Reading.Of(code, device.MemoryBytes - device.ReservedBytes - state.Used),
            KernelPercent = Reading.Of(code, state.Used > 0 ? 100 : 0),
            RecoveryAction = Reading.Of(code, (long)state.Recovery),
            MemoryBusyPercent = absent,
            TemperatureCelsius = absent,
            PowerMilliwatts = absent,
            PowerLimitMilliwatts = absent,
            EnergyMillijoules = absent,
            SmClockMegahertz = absent,
            MemoryClockMegahertz = absent,
            ClockReasons = absent,
            PcieReplays = absent,
            EccCorrected = absent,
            EccUncorrected = absent,
            RowsRemappedUncorrectable = absent,
            RowRemapPending = absent,
            RowRemapFailed = absent,
        };
    }

    private ImmutableArray<DeviceLink> Links() =>
        [.. from a in Enumerable.Range(0, _devices.Length)
            from b in Enumerable.Range(a + 1, _devices.Length - a - 1)
            select new DeviceLink(_devices[a].Uuid, _devices[b].Uuid, null, IsLinked(_devices[a], _devices[b]), Emulated: true)];

    private static bool IsLinked(EmulatedDevice a, EmulatedDevice b) => a.Island is { } island && b.Island == island;

    private void Tell(string uuid, DeviceEventKind kind, long code, RecoveryAction? recovery) =>
        _events.Writer.TryWrite(new DeviceEvent(uuid, kind, code, null, null, recovery, Emulated: true, _clock.GetUtcNow()));

    private State? Find(string uuid)
    {
        for (var i = 0; i < _devices.Length; i++)
            if (_devices[i].Uuid == uuid) return _states[i];
        return null;
    }

    private State Known(string uuid) => Find(uuid) ?? throw new ArgumentException($"No emulated device has the UUID '{uuid}'.", nameof(uuid));

    private sealed class State
    {
        public bool Lost { get; set; }

        public long Used { get; set; }

        public RecoveryAction Recovery { get; set; }

        public ImmutableSortedDictionary<int, long> Processes { get; set; } = ImmutableSortedDictionary<int, long>.Empty;
    }
}
