using Orleans;

namespace Lepton.Model;

/// <summary>Kind of a thing that an agent has learnt about a device.</summary>
[GenerateSerializer, Alias("DeviceSignalKind")]
public enum DeviceSignalKind
{
    /// <summary>An event of the driver, or of the emulation: see <see cref="DeviceSignal.Event"/>.</summary>
    Happened,

    /// <summary>A call to the driver did not come back in time.</summary>
    NoAnswer,

    /// <summary>After a reset, a reboot or its return, an enumeration found the device under its old UUID: see <see cref="DeviceSignal.Reading"/>.</summary>
    FoundAgain,

    /// <summary>A child process opened a context on the device, or could not: see <see cref="DeviceSignal.Ok"/>.</summary>
    ContextChecked,
}

/// <summary>One thing learnt about a device: listed in every beat until the node has taken it.</summary>
/// <param name="Number">Grows within an incarnation of the agent.</param>
/// <param name="Uuid">The device; null with <see cref="DeviceSignalKind.Happened"/>, whose event names it or not, and with NoAnswer: all devices.</param>
[GenerateSerializer, Immutable, Alias("DeviceSignal")]
public sealed record DeviceSignal(
    [property: Id(0)] long Number,
    [property: Id(1)] DeviceSignalKind Kind,
    [property: Id(2)] string? Uuid,
    [property: Id(3)] DateTimeOffset At)
{
    [Id(4)] public DeviceEvent? Event { get; init; }

    [Id(5)] public DeviceReading? Reading { get; init; }

    [Id(6)] public bool Ok { get; init; }
}

/// <summary>What a sweep read of a device's health; null: the device cannot say.</summary>
[GenerateSerializer, Immutable, Alias("DeviceReading")]
public sealed record DeviceReading(
    [property: Id(0)] bool Lost,
    [property: Id(1)] RecoveryAction? Recovery,
    [property: Id(2)] bool? RemapPending,
    [property: Id(3)] bool? RemapFailed);

/// <summary>What the newest sweep read of one device; null: the device cannot say.</summary>
/// <param name="KernelPercent">Part of the time in which any kernel ran: says nothing of how full the device was.</param>
/// <param name="Reading">Its health by the same sweep; null when nothing was read.</param>
[GenerateSerializer, Immutable, Alias("DeviceLoad")]
public sealed record DeviceLoad(
    [property: Id(0)] string Uuid,
    [property: Id(1)] DateTimeOffset SampledAt,
    [property: Id(2)] double? KernelPercent,
    [property: Id(3)] long? MemoryUsedBytes,
    [property: Id(4)] double? TemperatureCelsius,
    [property: Id(5)] long? PowerMilliwatts,
    [property: Id(6)] DeviceReading? Reading);
