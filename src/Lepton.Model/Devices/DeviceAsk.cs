using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>One way to fill a task's need for devices: so many devices of one kind on one node, or a part of one.</summary>
[GenerateSerializer, Immutable, Alias("DeviceAsk")]
public sealed record DeviceAsk
{
    /// <summary>A device as a whole.</summary>
    public const int Whole = 1000;

    [Id(0)] public DeviceKind Kind { get; init; } = DeviceKind.Gpu;

    /// <summary>Models that will do, in order of preference; all devices of a grant are of one model. Empty: any.</summary>
    [Id(1)] public ImmutableArray<string> Models { get; init; } = [];

    [Id(2)] public int Count { get; init; } = 1;

    /// <summary>More than <see cref="Count"/>: as many as are free, up to so many. 0: exactly <see cref="Count"/>.</summary>
    [Id(3)] public int MaxCount { get; init; }

    /// <summary>Thousandths of one device, 1 to 1000; below 1000 only with one device.</summary>
    [Id(4)] public int ShareMilli { get; init; } = Whole;

    /// <summary>
    /// Memory per device. Whole devices and MIG instances: they must have at least so much. A share is given so much; 0: the same part of the
    /// device's memory as of its cores.
    /// </summary>
    [Id(5)] public long MemoryBytes { get; init; }

    /// <summary>Only MIG instances of this profile; null: no MIG instances at all.</summary>
    [Id(6)] public string? MigProfile { get; init; }

    /// <summary>All devices on one island: linked all to all.</summary>
    [Id(7)] public bool OneIsland { get; init; }

    [Id(8)] public ComputeCapability? MinComputeCapability { get; init; }

    /// <summary>Lowest driver version: <c>570</c> or <c>570.86.15</c>.</summary>
    [Id(9)] public string? MinDriver { get; init; }

    /// <summary>What the node must enforce, all of it.</summary>
    [Id(10)] public IsolationAbilities Isolation { get; init; }

    /// <summary>A part of one device, which others may share.</summary>
    public bool IsShare => ShareMilli < Whole;

    public int Most => Math.Max(Count, MaxCount);

    /// <summary>Memory of a device that the ask takes or, for whole devices, needs at least.</summary>
    public long MemoryOn(Device device) => !IsShare ? device.MemoryBytes
        : MemoryBytes > 0 ? MemoryBytes
        : (long)((Int128)device.MemoryBytes * ShareMilli / Whole);

    /// <summary>Equal by what they say: arrays that came over the wire are not the same.</summary>
    public bool Equals(DeviceAsk? other) => other is not null
        && (Kind, Count, MaxCount, ShareMilli, MemoryBytes, MigProfile, OneIsland) == (other.Kind, other.Count, other.MaxCount, other.ShareMilli, other.MemoryBytes, other.MigProfile, other.OneIsland)
        && (MinComputeCapability, MinDriver, Isolation) == (other.MinComputeCapability, other.MinDriver, other.Isolation)
        && Models.AsSpan().SequenceEqual(other.Models.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Kind, Count, MaxCount, ShareMilli, MemoryBytes, MigProfile);

    /// <summary>As people write it: <c>H100:4..8 on one island</c>.</summary>
    public override string ToString() => DeviceAskText.Of(this);
}
