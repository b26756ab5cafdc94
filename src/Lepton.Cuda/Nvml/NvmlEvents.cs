using System.Threading.Channels;
using Lepton.Model;

namespace Lepton.Cuda.Nvml;

/// <summary>Waits for the driver's events on a thread of its own, in slices.</summary>
/// <remarks>
/// A lost device makes every wait on its set fail at once and for ever: it is told once, and a new set is built without it, so that its neighbours' events still come.
/// Any other failure is told as <see cref="DeviceEventKind.Blind"/> and tried again after a pause that doubles. Between two sets an event can slip by: what it
/// left behind (errors, rows, recovery action) is in the next sweep.
/// </remarks>
internal sealed unsafe class NvmlEvents(NvmlSession session, DeviceOptions options, TimeProvider clock) : IDeviceEventSource
{
    // Unbounded: an event must not be dropped, and the reader is a loop of this process.
    private readonly Channel<DeviceEvent> _events = Channel.CreateUnbounded<DeviceEvent>(new() { SingleWriter = true });
    private readonly ManualResetEventSlim _stop = new();
    private readonly HashSet<string> _lost = [];
    private readonly HashSet<string> _asked = [];
    private NvmlDevice[] _watched = [];
    private TimeSpan _backoff = options.FirstBackoff;
    private TimeSpan _lostBackoff = options.FirstBackoff;
    private long _lostAskedAt;
    private Thread? _thread;

    public ChannelReader<DeviceEvent> Events => _events.Reader;

    public void Start()
    {
        if (_thread is not null) return;
        _thread = new Thread(Run) { IsBackground = true, Name = "lepton-nvml-events" };
        session.Enter();
        _thread.Start();
    }

    /// <summary>Ends the wait; a thread that hangs in the driver is left to end with the process.</summary>
    public void Dispose()
    {
        if (_stop.IsSet) return;
        _stop.Set();
        _thread?.Join(options.EventSlice + options.CallLimit);
        _events.Writer.TryComplete();
    }

    private void Run()
    {
        while (!_stop.IsSet)
        {
            var code = Watch();
            if (code == NvmlReturn.Success) continue;
            Tell(null, DeviceEventKind.Blind, (long)code);
            _stop.Wait(_backoff);
            _backoff = Longer(_backoff);
        }
        session.Leave();
    }

    /// <summary>One set, from building to freeing. Success: build a new one at once.</summary>
    private NvmlReturn Watch()
    {
        _watched = session.Devices;
        TellStanding();
        nint set;
        var code = NvmlCalls.CreateEventSet(&set);
        if (code != NvmlReturn.Success) return code;
        var registered = 0;
        foreach (var device in _watched) registered += Register(device, set) ? 1 : 0;
        while (!_stop.IsSet && ReferenceEquals(_watched, session.Devices))
        {
            code = registered > 0 ? WaitOnce(set) : Idle();
            if (code != NvmlReturn.Timeout) break;
            if (FoundReturned()) break;
        }
        _ = NvmlCalls.FreeEventSet(set);
        return code == NvmlReturn.Timeout ? NvmlReturn.Success : code;
    }

    /// <summary>Timeout: wait again. Success: something changed, build a new set. Anything else is trouble.</summary>
    private NvmlReturn WaitOnce(nint set)
    {
        EventRecord record;
        var code = NvmlCalls.WaitForEvent(set, &record, (uint)options.EventSlice.TotalMilliseconds);
        if (code == NvmlReturn.GpuIsLost) return FoundLost() ? NvmlReturn.Success : code;
        if (code is not (NvmlReturn.Success or NvmlReturn.Timeout)) return code;
        _backoff = options.FirstBackoff;
        if (code == NvmlReturn.Success) Tell(record);
        return NvmlReturn.Timeout;
    }

    private NvmlReturn Idle()
    {
        _stop.Wait(options.EventSlice);
        return NvmlReturn.Timeout;
    }

    /// <summary>Instances have no events of their own: they come from the parent, with the instance's numbers.</summary>
    private bool Register(NvmlDevice device, nint set)
    {
        if (device.IsInstance || _lost.Contains(device.Facts.Uuid)) return false;
        ulong supported;
        var code = NvmlCalls.SupportedEvents(device.Handle, &supported);
        var types = supported & EventTypes.Wanted;
        if (code == NvmlReturn.Success && types != 0) code = NvmlCalls.RegisterEvents(device.Handle, types, set);
        if (code == NvmlReturn.GpuIsLost) TellLost(device);
        return code == NvmlReturn.Success && types != 0;
    }

    private bool FoundLost()
    {
        var before = _lost.Count;
        foreach (var device in _watched.Where(d => !d.IsInstance && !_lost.Contains(d.Facts.Uuid)))
        {
            _ = NvmlDevices.Uuid(device.Handle, out var code);
            if (code == NvmlReturn.GpuIsLost) TellLost(device);
        }
        return _lost.Count > before;
    }

    /// <summary>Asks lost devices again, ever more rarely. Handles of a device that came back are stale: it is found by its UUID.</summary>
    private bool FoundReturned()
    {
        if (_lost.Count == 0 || clock.GetElapsedTime(_lostAskedAt) < _lostBackoff) return false;
        _lostAskedAt = clock.GetTimestamp();
        _lostBackoff = Longer(_lostBackoff);
        var returned = _lost.Where(Answers).ToArray();
        foreach (var uuid in returned)
        {
            _lost.Remove(uuid);
            Tell(uuid, DeviceEventKind.Returned, 0);
        }
        return returned.Length > 0;
    }

    private static bool Answers(string uuid)
    {
        nint handle;
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(uuid + '\0')) return NvmlCalls.HandleByUuid(text, &handle) == NvmlReturn.Success;
    }

    /// <summary>What the driver asked for before anybody listened.</summary>
    private void TellStanding()
    {
        foreach (var device in _watched.Where(d => !d.IsInstance && _asked.Add(d.Facts.Uuid)))
            if (NvmlDevices.RecoveryAction(device.Handle, session.Abilities) is { } action and not (long)RecoveryAction.None)
                Tell(device.Facts.Uuid, DeviceEventKind.RecoveryChanged, action, recovery: (RecoveryAction)action);
    }

    private void TellLost(NvmlDevice device)
    {
        _lost.Add(device.Facts.Uuid);
        _lostBackoff = options.FirstBackoff;
        _lostAskedAt = clock.GetTimestamp();
        Tell(device.Facts.Uuid, DeviceEventKind.Lost, (long)NvmlReturn.GpuIsLost);
    }

    private void Tell(EventRecord record)
    {
        var uuid = Array.Find(_watched, d => d.Handle == record.Device)?.Facts.Uuid;
        if (uuid is null && record.Device != 0) uuid = NvmlDevices.Uuid(record.Device, out _);
        var recovery = record.Device == 0 ? null : NvmlDevices.RecoveryAction(record.Device, session.Abilities);
        Tell(
            uuid,
            EventTypes.Kind(record.Type),
            (long)record.Code,
            ProcessEntries.Instance(record.GpuInstance),
            ProcessEntries.Instance(record.ComputeInstance),
            (RecoveryAction?)recovery);
    }

    private void Tell(string? uuid, DeviceEventKind kind, long code, uint? gpuInstance = null, uint? computeInstance = null, RecoveryAction? recovery = null) =>
        _events.Writer.TryWrite(new DeviceEvent(uuid, kind, code, gpuInstance, computeInstance, recovery, Emulated: false, clock.GetUtcNow()));

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < options.LongestBackoff ? pause * 2 : options.LongestBackoff;
}
