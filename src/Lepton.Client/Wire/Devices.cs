using System.Collections.Immutable;

namespace Lepton.Client.Wire;

/// <summary>One device of a machine: what it is, how far it is trusted, and how much of it is granted.</summary>
public sealed record DeviceDetail
{
    /// <summary>Its identity. Emulated ones begin with <c>EMU-</c>.</summary>
    public required string Uuid { get; init; }

    /// <summary>Gpu, Tpu or Fpga.</summary>
    public required string Kind { get; init; }

    /// <summary>Short name that jobs ask for: <c>H100</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Memory that tasks can be given.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>True: it does not exist; somebody configured it.</summary>
    public required bool Emulated { get; init; }

    /// <summary>Healthy, Suspect, Draining, Lost, Recovering. Only a healthy one gets new work.</summary>
    public required string State { get; init; }

    /// <summary>Why it is not healthy.</summary>
    public string? Why { get; init; }

    /// <summary>Faults of applications seen on it: they count against it only in bursts.</summary>
    public long ApplicationFaults { get; init; }

    /// <summary>Part of it that is granted, 0 to 1.</summary>
    public required double Granted { get; init; }

    public required long GrantedMemoryBytes { get; init; }

    /// <summary>Devices of one machine with the same number are linked all to all.</summary>
    public int? Island { get; init; }

    /// <summary>The GPU of a MIG instance.</summary>
    public string? Parent { get; init; }

    /// <summary>Profile of a MIG instance: <c>3g.40gb</c>.</summary>
    public string? MigProfile { get; init; }

    /// <summary>Generation of a CUDA device: <c>9.0</c>.</summary>
    public string? ComputeCapability { get; init; }
}

/// <summary>All devices of a region that look the same to a task. Free is what is healthy, on a ready node, and granted to nobody.</summary>
public sealed record DevicePoolDetail
{
    /// <summary>Gpu, Tpu or Fpga.</summary>
    public required string Kind { get; init; }

    /// <summary>Short name that jobs ask for: <c>H100</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Profile of the MIG instances that this pool is of; absent: whole devices.</summary>
    public string? MigProfile { get; init; }

    /// <summary>Memory of each that tasks can be given.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Generation of CUDA devices: <c>9.0</c>.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>True: they do not exist; somebody configured them.</summary>
    public required bool Emulated { get; init; }

    /// <summary>How many there are, on nodes that are not lost.</summary>
    public required int Total { get; init; }

    /// <summary>Of these, wholly free.</summary>
    public required int Free { get; init; }

    /// <summary>Of these, suspect, draining, lost, recovering, or not yet known to be well.</summary>
    public required int Unhealthy { get; init; }

    /// <summary>What is free of all of them together, shares included, in devices.</summary>
    public required double FreeDevices { get; init; }

    /// <summary>The most that one task could get whole on one node now.</summary>
    public required int MostFreeOnNode { get; init; }

    /// <summary>The most of those that are linked all to all.</summary>
    public required int LargestFreeIsland { get; init; }

    /// <summary>Newest driver under which any of them runs.</summary>
    public string? Driver { get; init; }

    /// <summary>Everything that any of their nodes enforces between tasks.</summary>
    public ImmutableArray<string> Isolation { get; init; } = [];
}

/// <summary>What an attempt used of the devices it held: the base of its bill.</summary>
public sealed record DeviceUsage
{
    /// <summary>Seconds times granted part of a device.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>Energy of its part; absent when no device could say.</summary>
    public double? Joules { get; init; }

    /// <summary>Device seconds in which a kernel ran, and in which none ran.</summary>
    public double? BusySeconds { get; init; }

    public double? IdleSeconds { get; init; }

    /// <summary>The most device memory it held at one time.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>True: the devices were emulated, and so are these figures.</summary>
    public required bool Emulated { get; init; }
}
