using Orleans;

namespace Lepton.Model;

/// <summary>What a node says of one of its devices.</summary>
/// <param name="Epoch">Rises whenever the device starts draining or is lost: what was granted under an older one is fenced.</param>
/// <param name="Since">When the phase began.</param>
/// <param name="Why">Why it is not healthy, with the values that said so; null when healthy.</param>
[GenerateSerializer, Immutable, Alias("DeviceState")]
public sealed record DeviceState(
    [property: Id(0)] string Uuid,
    [property: Id(1)] DevicePhase Phase,
    [property: Id(2)] Epoch Epoch,
    [property: Id(3)] DateTimeOffset Since,
    [property: Id(4)] string? Why)
{
    /// <summary>Faults of applications seen on it so far: they count against it only in bursts.</summary>
    [Id(5)] public long ApplicationFaults { get; init; }
}

/// <summary>One turn in a device's health.</summary>
[GenerateSerializer, Immutable, Alias("DeviceTurn")]
public sealed record DeviceTurn(
    [property: Id(0)] string Uuid,
    [property: Id(1)] DevicePhase Phase,
    [property: Id(2)] Epoch Epoch,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] string? Why);

/// <summary>One grant of a device that is over.</summary>
[GenerateSerializer, Immutable, Alias("DeviceUse")]
public sealed record DeviceUse(
    [property: Id(0)] string Uuid,
    [property: Id(1)] AttemptId Attempt,
    [property: Id(2)] int ShareMilli,
    [property: Id(3)] long MemoryBytes,
    [property: Id(4)] DateTimeOffset GrantedAt,
    [property: Id(5)] DateTimeOffset FreedAt,
    [property: Id(6)] AttemptEndCause Cause);
