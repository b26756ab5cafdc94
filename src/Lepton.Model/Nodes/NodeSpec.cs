using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>A machine as its agent declares it.</summary>
[GenerateSerializer, Immutable, Alias("NodeSpec")]
public sealed record NodeSpec(
    [property: Id(0)] Capacity Capacity,
    [property: Id(1)] ImmutableArray<Device> Devices,
    [property: Id(2)] ImmutableSortedDictionary<string, string> Labels,
    [property: Id(3)] string AgentVersion)
{
    /// <summary>Version of the driver of its devices; null: no driver, or it cannot say.</summary>
    [Id(4)] public string? DriverVersion { get; init; }

    /// <summary>Highest CUDA version that the driver supports.</summary>
    [Id(5)] public string? CudaVersion { get; init; }

    /// <summary>What it really enforces between tasks.</summary>
    [Id(6)] public IsolationAbilities Isolation { get; init; }

    /// <summary>Why no devices are told although some were looked for; null when there is nothing to say.</summary>
    [Id(7)] public string? DevicesFault { get; init; }

    /// <summary>What keeps tasks away that do not tolerate it; sorted, each once.</summary>
    [Id(8)] public ImmutableArray<Taint> Taints { get; init; } = [];

    /// <summary>Equal by what they say: a spec that came over the wire shares no arrays with the one before.</summary>
    public bool Equals(NodeSpec? other) => ReferenceEquals(this, other) || (other is not null
        && (Capacity, AgentVersion, DriverVersion, CudaVersion, Isolation, DevicesFault)
            == (other.Capacity, other.AgentVersion, other.DriverVersion, other.CudaVersion, other.Isolation, other.DevicesFault)
        && Devices.AsSpan().SequenceEqual(other.Devices.AsSpan())
        && Taints.AsSpan().SequenceEqual(other.Taints.AsSpan())
        && (Labels?.Count ?? 0) == (other.Labels?.Count ?? 0)
        && (Labels is null || other.Labels is null || Labels.SequenceEqual(other.Labels)));

    public override int GetHashCode() => HashCode.Combine(Capacity, AgentVersion, Devices.IsDefault ? 0 : Devices.Length);
}
