using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>
/// The only regions in which a job may be: its spec and rows, its tasks, what they write, and whoever serves their logs. Settled when the job is read;
/// what is configured later does not widen it.
/// </summary>
/// <param name="Asked">Names, labels and patterns of regions, as its spec has them.</param>
/// <param name="Regions">The regions that these stood for, by name. Empty: none, so it may be nowhere.</param>
[GenerateSerializer, Immutable, Alias("Residency")]
public sealed record Residency([property: Id(0)] ImmutableArray<string> Asked, [property: Id(1)] ImmutableArray<RegionId> Regions)
{
    public bool Allows(RegionId region) => !Regions.IsDefault && Regions.Contains(region);

    /// <summary>Equal by what they say: arrays that came over the wire are not the same.</summary>
    public bool Equals(Residency? other) =>
        other is not null && Asked.AsSpan().SequenceEqual(other.Asked.AsSpan()) && Regions.AsSpan().SequenceEqual(other.Regions.AsSpan());

    public override int GetHashCode() => Regions.IsDefaultOrEmpty ? 0 : HashCode.Combine(Regions.Length, Regions[0]);

    /// <summary>As people read it: <c>eu-west only (residency eu-*)</c>.</summary>
    public override string ToString() =>
        $"{(Regions.IsDefaultOrEmpty ? "no region of the fleet" : $"{string.Join(", ", Regions)} only")} (residency {string.Join(", ", Asked.IsDefault ? [] : Asked)})";
}
