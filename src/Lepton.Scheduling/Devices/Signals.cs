using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>Signals as they travel, as the health machine takes them.</summary>
internal static class Signals
{
    private static readonly DeviceReading Silent = new(false, null, null, null);

    /// <summary>Null for a signal that lacks what its kind needs.</summary>
    public static HealthSignal? Of(DeviceSignal signal, DeviceEvent? scoped) => signal.Kind switch
    {
        DeviceSignalKind.Happened => scoped is null ? null : new HealthSignal.Happened(scoped),
        DeviceSignalKind.NoAnswer => new HealthSignal.NoAnswer(signal.At),
        DeviceSignalKind.FoundAgain => new HealthSignal.FoundAgain(Read(signal.Reading ?? Silent, signal.At)),
        DeviceSignalKind.ContextChecked => new HealthSignal.ContextChecked(signal.At, signal.Ok),
        _ => null,
    };

    public static HealthSignal.Read Read(DeviceReading reading, DateTimeOffset at) =>
        new(at, reading.Lost, reading.Recovery, reading.RemapPending, reading.RemapFailed);
}
