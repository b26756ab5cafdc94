using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lepton.Agent.Devices.Sources;
using Lepton.Agent.Devices.Watching;
using Lepton.Cuda;
using Lepton.Model;

namespace Lepton.Agent.Devices;

/// <content>What goes on in the background: sweeps, events, listing anew.</content>
internal sealed partial class DeviceSession
{
    private static readonly TimeSpan s_keepUsageEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_tellSilentEvery = TimeSpan.FromSeconds(30);

    private DeviceSample[] _samples = [];
    private DeviceSweep? _latest;
    private long _sweptAt;
    private long _usageKeptAt;
    private DateTimeOffset _openAgainAt;
    private volatile bool _list;
    private bool _hung;
    private bool _blind;
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private long? _silentToldAt;

    /// <summary>Last XID of each device, for telemetry.</summary>
    public ConcurrentDictionary<string, long> LastXids { get; } = [];

    private void Run()
    {
        _sweptAt = _usageKeptAt = _clock.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            var begun = _clock.GetTimestamp();
            try
            {
                Step();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                DeviceEvents.WatchFailed(_log, failure);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            var left = _settings.SweepEvery - _clock.GetElapsedTime(begun);
            if (left > TimeSpan.Zero) _poke.WaitOne(left);
        }
    }

    private void Step()
    {
        if (!_driver.IsOpen && _driver.IsWanted && _clock.GetUtcNow() >= _openAgainAt) OpenAgain();
        if (_driver.IsOpen && (_list | _troubled.WantsList())) ListAgain();
        if (_driver is { IsOpen: true, Emulation: null } && _troubled.WantsOpening(IsKnown)) OpenAnew();
        if (Sweep() is not { } sweep) return;
        Volatile.Write(ref _latest, sweep);
        Holds.Look(uuid => sweep.Sample(uuid)?.MemoryUsedBytes.Value);
        foreach (var hold in Holds.All)
        {
            foreach (var device in hold.Devices)
            {
                var (power, percent) = sweep.Meter(device.Device);
                hold.Meter.Add(sweep.Since, device.Grant.ShareMilli / 1000.0, power, percent);
            }
        }
        if (_clock.GetElapsedTime(_usageKeptAt) >= s_keepUsageEvery) KeepUsage();
        TellSilent(sweep);
        _news!.Sampled(sweep.Loads);
        _troubled.Look(sweep, Holds, _news);
    }

    /// <summary>Null when the driver hangs: what it said before is not said again.</summary>
    private DeviceSweep? Sweep()
    {
        if (_blind)
        {
            _news!.Sampled([]);
            return null;
        }
        var count = 0;
        if (_driver.IsOpen)
        {
            var sampler = _driver.Layer.Sampler;
            if (_samples.Length < sampler.Count) _samples = new DeviceSample[sampler.Count];
            var outcome = sampler.Sweep(_samples);
            if (outcome.State == SweepState.Hung)
            {
                if (!_hung) TellNoAnswer($"a sweep has not come back for {outcome.Took.TotalSeconds:0.#} s.");
                _hung = true;
                _news!.Sampled([]);
                return null;
            }
            _hung = false;
            count = outcome.Count;
        }
        var (now, at) = (_clock.GetTimestamp(), _clock.GetUtcNow());
        var since = _clock.GetElapsedTime(_sweptAt, now);
        _sweptAt = now;
        return new DeviceSweep(_picture, _samples[..count], at, since, _clock.At(TimeSpan.Zero));
    }

    private void OpenAgain()
    {
        _openAgainAt = _clock.GetUtcNow() + _settings.AskAgainAfter;
        var (inventory, error) = _driver.Open(_stop.Token).GetAwaiter().GetResult();
        if (inventory is null && _blind)
        {
            // What was listed before the driver was closed is in doubt, and not gone for that.
            TellNoAnswer(error?.ToString() ?? "Its library is not there any more.");
            return;
        }
        _blind = false;
        if (inventory is null && error is null) return;
        Paint(inventory, error).GetAwaiter().GetResult();
        if (inventory is not null) Listen();
    }

    /// <summary>
    /// A driver counts its devices when it is opened: one that was away then is not listed before it is opened anew. Tasks go on meanwhile; an event that comes between
    /// the two leaves what it did in the next sweep.
    /// </summary>
    private void OpenAnew()
    {
        DeviceEvents.OpensAnew(_log);
        _driver.Close();
        _listed.Clear();
        _events.GetAwaiter().GetResult();
        _blind = true;
        OpenAgain();
    }

    /// <summary>Whether the driver has listed a device since it was opened, or no driver ever will.</summary>
    private bool IsKnown(string uuid) => _listed.Contains(uuid) || _picture.Declared.ContainsKey(uuid);

    private void ListAgain()
    {
        _list = false;
        var listed = _driver.Layer!.Probe.EnumerateAsync(_stop.Token).GetAwaiter().GetResult();
        if (listed.Ok) Paint(listed.Value, null).GetAwaiter().GetResult();
        else TellNoAnswer(listed.Error.ToString());
    }

    /// <summary>Makes the picture anew, and tells the node when it is another one.</summary>
    private async Task Paint(DeviceInventory? inventory, ProbeError? error)
    {
        if (error is not null && _picture.Fault != error.ToString()) DeviceEvents.CannotTell(_log, error.ToString());
        var declared = _settings.Devices.Declared;
        var listed = inventory is null ? [] : DeviceList.Of(inventory);
        var driven = _picture.Devices.Where(d => !_picture.Declared.ContainsKey(d.Uuid)).ToImmutableArray();
        _listed.UnionWith(listed.Select(d => d.Uuid));
        var devices = DeviceList.WithUnreachable(driven, listed, inventory is { Unreadable.IsEmpty: false })
            .AddRange(declared.Select((d, i) => DeviceList.Of(d, i)));
        var isolation = devices.IsEmpty ? IsolationAbilities.None : IsolationAbilities.Visibility;
        if (await _driver.TellsProcesses(listed)) isolation |= IsolationAbilities.MemoryWatch;
        if (listed.Any(d => d.IsInstance)) isolation |= IsolationAbilities.Mig;
        if (_mps.IsConfigured && listed.Any(d => _mps.Serves(d.Uuid))) isolation |= IsolationAbilities.Mps;
        var picture = new DevicePicture(
            devices,
            declared.ToImmutableSortedDictionary(d => d.Id, d => d, StringComparer.Ordinal),
            [.. listed.Select(d => d.Uuid)],
            inventory?.DriverVersion,
            inventory?.CudaVersion?.ToString(),
            isolation,
            error?.ToString() ?? Unreadable(inventory));
        _picture = picture;
        _news?.Respecified(picture.In(_bare!));
    }

    private static string? Unreadable(DeviceInventory? inventory) => inventory is { Unreadable: { IsEmpty: false } some }
        ? $"{some.Length} devices are counted by the driver and cannot be read: {string.Join(" ", some.Select(u => $"number {u.Index}: {u.Error}"))}"
        : null;

    private void Listen()
    {
        if (_driver.Layer is not { } layer || !_events.IsCompleted) return;
        layer.Events.Start();
        _events = Task.Run(async () =>
        {
            await foreach (var e in layer.Events.Events.ReadAllAsync()) Happened(e);
        });
    }

    private void Happened(DeviceEvent e)
    {
        DeviceEvents.Happened(_log, e.Kind, e.Uuid ?? "an unknown device", e.Code);
        if (e is { Kind: DeviceEventKind.Xid, Uuid: { } uuid }) LastXids[uuid] = e.Code;
        _news!.Learnt(new DeviceSignal(0, DeviceSignalKind.Happened, e.Uuid, e.At) { Event = e });
        if (e.Uuid is not null && e.Kind is not (DeviceEventKind.MigChanged or DeviceEventKind.Returned) && _picture.Find(e.Uuid) is not null) return;
        if (e.Kind == DeviceEventKind.Blind) return;
        _list = true;       // the inventory is in doubt, or a device is back under a new handle
        _poke.Set();
    }

    private void TellNoAnswer(string why, string? uuid = null)
    {
        DeviceEvents.NoAnswer(_log, why);
        _news!.Learnt(new DeviceSignal(0, DeviceSignalKind.NoAnswer, uuid, _clock.GetUtcNow()));
    }

    /// <summary>Again while it lasts, so that nothing grows calm over it.</summary>
    private void TellSilent(DeviceSweep sweep)
    {
        var silent = sweep.Silent().ToList();
        if (silent.Count == 0 || (_silentToldAt is { } told && _clock.GetElapsedTime(told) < s_tellSilentEvery)) return;
        _silentToldAt = _clock.GetTimestamp();
        foreach (var (uuid, why) in silent) TellNoAnswer(why, uuid);
    }

    private void KeepUsage()
    {
        _usageKeptAt = _clock.GetTimestamp();
        foreach (var hold in Holds.All) hold.Save();
    }
}
