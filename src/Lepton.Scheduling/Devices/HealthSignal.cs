using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>One thing learnt about a device, with its time. A closed family.</summary>
public abstract record HealthSignal(DateTimeOffset At)
{
    /// <summary>The driver, or the emulation, reported an event.</summary>
    public sealed record Happened(DeviceEvent Event) : HealthSignal(Event.At);

    /// <summary>A sweep read the device; unknown readings are null.</summary>
    public sealed record Read(DateTimeOffset At, bool DeviceLost, RecoveryAction? Recovery, bool? RemapPending, bool? RemapFailed) : HealthSignal(At);

    /// <summary>A call to the driver did not come back in time.</summary>
    public sealed record NoAnswer(DateTimeOffset At) : HealthSignal(At);

    /// <summary>After a reset, a reboot or its return, an enumeration found the device under its old UUID. What it reads now is judged first.</summary>
    public sealed record FoundAgain(Read Reading) : HealthSignal(Reading.At);

    /// <summary>A child process opened a context on the device, or could not.</summary>
    public sealed record ContextChecked(DateTimeOffset At, bool Ok) : HealthSignal(At);
}
