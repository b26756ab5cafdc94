using System.Globalization;
using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>Signal in, verdict and reason out: the whole table, no state.</summary>
/// <remarks>
/// The driver's recovery action overrules our table of XIDs both ways: asked for, it drains whatever the XID; None, it keeps a hardware XID at Suspect.
/// Only what is lost stays lost: a device out of reach has no say. XIDs that stand in no list make a device suspect.
/// </remarks>
internal static class HealthTable
{
    public static (HealthVerdict Verdict, string? Reason) Judge(HealthSignal signal, HealthSettings settings) => signal switch
    {
        HealthSignal.Happened { Event: var e } => JudgeEvent(e, settings),
        HealthSignal.Read r => JudgeReading(r),
        HealthSignal.FoundAgain { Reading: var r } => JudgeReading(r),
        HealthSignal.NoAnswer => (HealthVerdict.Suspect, "A call to the driver did not come back in time."),
        HealthSignal.ContextChecked { Ok: false } => (HealthVerdict.Drain, "No context could be opened on the device."),
        _ => (HealthVerdict.Ignore, null),
    };

    private static (HealthVerdict, string?) JudgeEvent(DeviceEvent e, HealthSettings settings)
    {
        if (e.Uuid is null) return (HealthVerdict.Suspect, $"{Name(e)} of a device that is not known.");
        if (e.Kind == DeviceEventKind.Lost) return (HealthVerdict.Lost, "The driver lost the device.");
        if (e.Kind == DeviceEventKind.Xid && settings.LostXids.Contains(e.Code)) return (HealthVerdict.Lost, $"{Name(e)}.");
        if (e.Recovery is { } action and not RecoveryAction.None) return (HealthVerdict.Drain, $"{Name(e)}; the driver asks for {action}.");
        return e.Kind switch
        {
            DeviceEventKind.Xid => JudgeXid(e, settings),
            DeviceEventKind.DoubleBitEcc => (HealthVerdict.Drain, $"{Name(e)}."),
            DeviceEventKind.Blind => (HealthVerdict.Suspect, $"Events could not be waited for (code {Number(e.Code)})."),
            _ => (HealthVerdict.Ignore, null),
        };
    }

    private static (HealthVerdict, string?) JudgeXid(DeviceEvent e, HealthSettings settings)
    {
        if (settings.ApplicationXids.Contains(e.Code)) return (HealthVerdict.Application, $"{Name(e)}.");
        if (!settings.DrainXids.Contains(e.Code)) return (HealthVerdict.Suspect, $"{Name(e)}.");
        return e.Recovery == RecoveryAction.None
            ? (HealthVerdict.Suspect, $"{Name(e)}; the driver asks for nothing.")
            : (HealthVerdict.Drain, $"{Name(e)}.");
    }

    private static (HealthVerdict, string?) JudgeReading(HealthSignal.Read r) => r switch
    {
        { DeviceLost: true } => (HealthVerdict.Lost, "The driver lost the device."),
        { RemapFailed: true } => (HealthVerdict.Drain, "A broken memory row could not be remapped."),
        { Recovery: { } action and not RecoveryAction.None } => (HealthVerdict.Drain, $"The driver asks for {action}."),
        { RemapPending: true } => (HealthVerdict.Drain, "A memory row waits for a reset to be remapped."),
        _ => (HealthVerdict.Ignore, null),
    };

    private static string Name(DeviceEvent e) => e.Kind switch
    {
        DeviceEventKind.Xid => $"XID {Number(e.Code)}",
        DeviceEventKind.DoubleBitEcc => "Double-bit memory error",
        DeviceEventKind.SingleBitEcc => "Single-bit memory error",
        _ => e.Kind.ToString(),
    };

    private static string Number(long code) => code.ToString(CultureInfo.InvariantCulture);
}
