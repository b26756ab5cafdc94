using System.Collections.Immutable;
using Lepton.Cuda.Contexts;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices.Watching;

/// <summary>Looks after the devices that the node says are not healthy: looks for them, tells when they are found again, checks a context on them.</summary>
/// <remarks>
/// A lost device is found when a sweep reads it again; one that the driver has not listed since it was opened, when the driver is opened anew. A draining one only when nobody holds it and the driver asks for nothing any more; where the driver cannot
/// say that, when the machine was started anew since. Everything is asked again after a pause that doubles.
/// </remarks>
internal sealed class TroubledDevices(DeviceSettings settings, TimeProvider clock, ILogger log)
{
    private readonly Dictionary<string, Attention> _attention = [];
    private volatile Told _told = new([]);

    /// <summary>What the node said last.</summary>
    public void Are(ImmutableArray<DeviceState> devices) => _told = new Told(devices.IsDefault ? [] : devices);

    /// <summary>Should the devices be listed again, because one of them is out of reach?</summary>
    public bool WantsList()
    {
        var wants = false;
        foreach (var device in _told.Devices)
            if (device.Phase == DevicePhase.Lost && Due(device, "list")) wants = true;
        return wants;
    }

    /// <summary>Should the driver be opened anew? It may be that only then it lists a device that was away when it was opened.</summary>
    /// <remarks>Never at once, and ever more rarely: a device may have been taken out for good.</remarks>
    public bool WantsOpening(Func<string, bool> isKnown)
    {
        var wants = false;
        foreach (var device in _told.Devices)
            if (device.Phase == DevicePhase.Lost && !isKnown(device.Uuid) && Due(device, "open", atOnce: false, longest: 360)) wants = true;
        return wants;
    }

    /// <summary>One look after a sweep; what is learnt goes to the node.</summary>
    public void Look(DeviceSweep sweep, HoldBook holds, IDeviceNews news)
    {
        foreach (var device in _told.Devices)
        {
            if (sweep.Reading(device.Uuid) is not { Lost: false } reading) continue;
            switch (device.Phase)
            {
                case DevicePhase.Lost:
                case DevicePhase.Draining when MayReturn(device, reading, sweep, holds):
                    if (Due(device, "found")) news.Learnt(new DeviceSignal(0, DeviceSignalKind.FoundAgain, device.Uuid, clock.GetUtcNow()) { Reading = reading });
                    break;
                case DevicePhase.Recovering:
                    if (Due(device, "context")) Check(device.Uuid, sweep.NeedsContext(device.Uuid), news);
                    break;
                default: break;
            }
        }
        foreach (var gone in _attention.Keys.Where(k => _told.Devices.All(d => !k.StartsWith(d.Uuid, StringComparison.Ordinal))).ToList()) _attention.Remove(gone);
    }

    private static bool MayReturn(DeviceState device, DeviceReading reading, DeviceSweep sweep, HoldBook holds)
    {
        if (reading.RemapFailed == true || reading.RemapPending == true) return false;
        if (holds.All.Any(h => h.Devices.Any(d => d.Device.Uuid == device.Uuid || d.Device.ParentUuid == device.Uuid))) return false;
        return reading.Recovery is { } action ? action == RecoveryAction.None : sweep.BootedAt > device.Since;
    }

    /// <summary>A context costs memory and may hang: a child does it, and nobody waits for it here.</summary>
    private void Check(string uuid, bool needsContext, IDeviceNews news) => _ = Task.Run(async () =>
    {
        var verdict = needsContext
            ? await ContextCheck.Beside(settings.CudaLibrary ?? ContextCheck.Library).RunAsync(uuid, settings.ContextLimit, CancellationToken.None)
            : new ContextVerdict(uuid, ContextOutcome.Ok, "No context is needed on it.");
        DeviceEvents.ContextChecked(log, uuid, verdict.Outcome, verdict.Text);
        // Without a child program or a CUDA library nothing is known: neither good nor bad is told, and it is tried again.
        if (verdict.Outcome != ContextOutcome.NotChecked)
            news.Learnt(new DeviceSignal(0, DeviceSignalKind.ContextChecked, uuid, clock.GetUtcNow()) { Ok = verdict.Outcome == ContextOutcome.Ok });
    });

    /// <summary>The first time at once, then after pauses that double; anew when the device has turned since.</summary>
    /// <param name="longest">The longest pause, in pauses of the settings.</param>
    private bool Due(DeviceState device, string what, bool atOnce = true, int longest = 10)
    {
        var now = clock.GetUtcNow();
        var key = $"{device.Uuid} {what}";
        var isNew = !_attention.TryGetValue(key, out var last) || last.Since != device.Since;
        if (isNew) last = new Attention(device.Since, now, settings.AskAgainAfter);
        else if (now < last!.NextAt) return false;
        var most = settings.AskAgainAfter * longest;
        _attention[key] = last! with { NextAt = now + last.Pause, Pause = last.Pause * 2 < most ? last.Pause * 2 : most };
        return !isNew || atOnce;
    }

    private sealed record Attention(DateTimeOffset Since, DateTimeOffset NextAt, TimeSpan Pause);

    private sealed record Told(ImmutableArray<DeviceState> Devices);
}
