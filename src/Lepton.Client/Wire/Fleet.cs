using System.Collections.Immutable;

namespace Lepton.Client.Wire;

/// <summary>A region as it describes itself, or, unreachable, as it was last heard of.</summary>
public sealed record RegionDetail
{
    public required string Region { get; init; }

    /// <summary>Ready, NoNodes (none is ready) or Unreachable.</summary>
    public required string State { get; init; }

    /// <summary>True for the region that answers.</summary>
    public required bool Here { get; init; }

    /// <summary>Time of the numbers below, by the region's own clock; absent when it was never heard of.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Seconds since the region was last heard of; 0 when it answered just now.</summary>
    public double? AgeSeconds { get; init; }

    public int? Nodes { get; init; }

    public int? ReadyNodes { get; init; }

    public ResourceAmount? Total { get; init; }

    public ResourceAmount? Allocated { get; init; }

    public ResourceAmount? LargestNode { get; init; }

    public int? Pending { get; init; }

    public int? Running { get; init; }

    /// <summary>Tasks of other regions held here.</summary>
    public int? Guests { get; init; }

    /// <summary>Its devices, counted by what they look like to a task; of a region that was never heard of, none are known.</summary>
    public ImmutableArray<DevicePoolDetail> Devices { get; init; } = [];

    /// <summary>Base address of the region's own server, from the configuration of the region that answers.</summary>
    public string? Server { get; init; }

    /// <summary>Why there is no fresh answer.</summary>
    public string? Message { get; init; }

    public const string Ready = nameof(Ready);
    public const string NoNodes = nameof(NoNodes);
    public const string Unreachable = nameof(Unreachable);
}

/// <summary>A machine of a region. Allocated is what is granted, not what is used.</summary>
public sealed record NodeDetail
{
    /// <summary><c>region/name</c></summary>
    public required string Id { get; init; }

    public required string Region { get; init; }

    /// <summary>Joining, Ready, Suspect, Cordoned, Draining, Lost.</summary>
    public required string State { get; init; }

    public required ResourceAmount Total { get; init; }

    public required ResourceAmount Allocated { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset LastBeat { get; init; }

    public required string AgentVersion { get; init; }

    /// <summary>Devices beside the CPU; empty: none.</summary>
    public ImmutableArray<DeviceDetail> Devices { get; init; } = [];

    public string? DriverVersion { get; init; }

    public string? CudaVersion { get; init; }

    /// <summary>What it really enforces between the tasks that share it: Visibility, MemoryWatch, Mig, Mps, Cgroup, Container.</summary>
    public ImmutableArray<string> Isolation { get; init; } = [];

    /// <summary>Why its agent tells no devices although it looked for some.</summary>
    public string? DevicesFault { get; init; }

    /// <summary>As its agent was given them; <c>zone</c> and <c>rack</c> are failure domains.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What keeps tasks away that do not tolerate it, as <c>key=value:NoSchedule</c>.</summary>
    public ImmutableArray<string> Taints { get; init; } = [];
}

/// <summary>What is wanted of a node.</summary>
public enum NodeAction
{
    /// <summary>No new work; what runs goes on.</summary>
    Cordon,

    /// <summary>No new work; what runs is asked to end with its grace, ends as preempted and goes on elsewhere.</summary>
    Drain,

    /// <summary>It takes work again.</summary>
    Resume,
}

/// <summary>A node about which something was decided; the decision is durable.</summary>
public sealed record NodeHeld
{
    /// <summary><c>region/name</c></summary>
    public required string Id { get; init; }

    /// <summary>None, Cordoned or Draining.</summary>
    public required string Hold { get; init; }

    /// <summary>Joining, Ready, Suspect, Cordoned, Draining, Lost.</summary>
    public required string State { get; init; }

    /// <summary>Attempts that still hold something of it.</summary>
    public required int Attempts { get; init; }

    public string? Reason { get; init; }
}

/// <summary>The server that answers.</summary>
public sealed record ServerVersion
{
    public required string Version { get; init; }

    public required string Api { get; init; }

    /// <summary>Region of the server: bare idempotency keys and new jobs belong to it.</summary>
    public required string Region { get; init; }

    public required string Runtime { get; init; }
}

/// <summary>Answer of <c>/healthz</c> and <c>/readyz</c>.</summary>
public sealed record Health
{
    public required string Status { get; init; }

    public string? Detail { get; init; }

    /// <summary>What the process uses; with <c>/healthz</c> only.</summary>
    public ProcessUse? Process { get; init; }
}

/// <summary>What a process of the server uses, as its runtime says.</summary>
public sealed record ProcessUse
{
    public required int Pid { get; init; }

    public required long UpSeconds { get; init; }

    /// <summary>Managed memory in use after the last collection.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>Memory that the managed heap has taken: what it uses and what it keeps for new objects.</summary>
    public long HeapCommittedBytes { get; init; }

    /// <summary>Physical memory, of which the heap is a part.</summary>
    public required long ResidentBytes { get; init; }

    public required int PoolThreads { get; init; }
}
