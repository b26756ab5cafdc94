using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>How one run of a task ended.</summary>
[GenerateSerializer, Alias("AttemptEndCause")]
public enum AttemptEndCause
{
    Completed,
    ExitNonZero,
    /// <summary>More memory than granted was used: of the machine, or of a device (the message says which).</summary>
    OutOfMemory,
    /// <summary>A device it held was lost or had to be drained: retried by default, on other devices.</summary>
    DeviceFault,
    NodeLost,
    LeaseExpired,
    Preempted,
    Migrated,
    Superseded,
    TimedOut,
    Cancelled,
    Internal,
    /// <summary>Refused by the node, or placed and never begun: no work was done and no retry is counted.</summary>
    NotStarted,
}

/// <summary>An output kept in a region's artifact store: content-addressed by SHA-256 (lower-case hex).</summary>
[GenerateSerializer, Immutable, Alias("ArtifactRef")]
public sealed record ArtifactRef(
    [property: Id(0)] string Name,
    [property: Id(1)] RegionId Region,
    [property: Id(2)] string Sha256,
    [property: Id(3)] long SizeBytes);

/// <summary>Last value of a figure that a task reported.</summary>
[GenerateSerializer, Immutable, Alias("MetricValue")]
public sealed record MetricValue([property: Id(0)] string Name, [property: Id(1)] double Value, [property: Id(2)] long Step);

/// <summary>What an attempt used of the devices it held, all together: the base of its bill.</summary>
/// <param name="DeviceSeconds">Seconds times granted part of a device, from start to end.</param>
/// <param name="Joules">Energy by power samples over its part of the devices; null: no device could say.</param>
/// <param name="PeakMemoryBytes">The most device memory its processes held at one time; null: not seen.</param>
[GenerateSerializer, Immutable, Alias("AttemptUsage")]
public sealed record AttemptUsage(
    [property: Id(0)] double DeviceSeconds,
    [property: Id(1)] double? Joules,
    [property: Id(2)] long? PeakMemoryBytes,
    [property: Id(3)] bool Emulated)
{
    /// <summary>Device seconds in which a kernel ran, by samples; null: no device could say.</summary>
    [Id(4)] public double? BusySeconds { get; init; }

    /// <summary>Device seconds held in which no kernel ran, by samples; null: no device could say.</summary>
    [Id(5)] public double? IdleSeconds { get; init; }
}

/// <summary>The end of one attempt with everything worth keeping of it.</summary>
[GenerateSerializer, Immutable, Alias("AttemptEnd")]
public sealed record AttemptEnd(
    [property: Id(0)] AttemptEndCause Cause,
    [property: Id(1)] int? ExitCode,
    [property: Id(2)] int? Signal,
    [property: Id(3)] string Message,
    [property: Id(4)] DateTimeOffset? StartedAt,
    [property: Id(5)] DateTimeOffset EndedAt,
    [property: Id(6)] ImmutableArray<ArtifactRef> Artifacts,
    [property: Id(7)] ImmutableArray<MetricValue> Metrics,
    [property: Id(8)] string? CheckpointRef = null)
{
    /// <summary>What it used of its devices; null: it held none, or nobody measured.</summary>
    [Id(9)] public AttemptUsage? Usage { get; init; }

    /// <summary>An end that carries nothing but its cause.</summary>
    public static AttemptEnd Bare(AttemptEndCause cause, string message, DateTimeOffset at) =>
        new(cause, null, null, message, null, at, [], []);
}
