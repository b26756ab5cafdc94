using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>What one task asks of a node: CPU and memory always, devices if any.</summary>
[GenerateSerializer, Immutable, Alias("Demand")]
public sealed record Demand([property: Id(0)] Capacity Capacity)
{
    /// <summary>Superseded by <see cref="Asks"/>: read from old records only.</summary>
    [Id(1)] public DeviceKind Kind { get; init; }

    /// <summary>Superseded by <see cref="Asks"/>: read from old records only.</summary>
    [Id(2)] public int Devices { get; init; }

    /// <summary>Superseded by <see cref="Asks"/>: read from old records only.</summary>
    [Id(3)] public string? Model { get; init; }

    /// <summary>Ways to fill the need for devices: one of them is enough. Empty: no devices.</summary>
    [Id(4)] public ImmutableArray<DeviceAsk> Asks { get; init; } = [];

    /// <summary>True: the ways are in order of preference; false: they are equally good.</summary>
    [Id(5)] public bool Ordered { get; init; }

    /// <summary>What the node must enforce, all of it; with devices or without.</summary>
    [Id(6)] public IsolationAbilities Isolation { get; init; }

    public bool NeedsDevices => !Asks.IsDefaultOrEmpty || Devices > 0;

    /// <summary>The ways to fill the need for devices, also those of old records. Empty: none is needed.</summary>
    public ImmutableArray<DeviceAsk> DeviceAsks() => !Asks.IsDefaultOrEmpty ? Asks
        : Devices > 0 ? [new DeviceAsk { Kind = Kind, Count = Devices, Models = Model is null ? [] : [Model] }]
        : [];

    /// <summary>Equal by what they say: arrays that came over the wire are not the same.</summary>
    public bool Equals(Demand? other) => other is not null
        && (Capacity, Kind, Devices, Model, Ordered, Isolation) == (other.Capacity, other.Kind, other.Devices, other.Model, other.Ordered, other.Isolation)
        && Asks.AsSpan().SequenceEqual(other.Asks.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Capacity, Kind, Devices, Model, Asks.IsDefault ? 0 : Asks.Length);

    public override string ToString() => NeedsDevices ? $"{Capacity}, {string.Join(" or ", DeviceAsks())}" : Capacity.ToString();
}
