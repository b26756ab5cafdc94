using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Contracts;

/// <summary>Where a region is reached.</summary>
/// <param name="Gateway">Orleans gateway, host:port.</param>
/// <param name="Http">Base address of its REST API and data endpoints.</param>
public sealed record RegionEndpoint(RegionId Region, string Gateway, Uri Http)
{
    /// <summary>What a job's residency may name beside the region itself: a jurisdiction, a rule it obeys.</summary>
    public ImmutableArray<string> Residency { get; init; } = [];
}

/// <summary>Addresses of all regions of the fleet, from the configuration.</summary>
public sealed record RegionDirectory(RegionId Self, IReadOnlyList<RegionEndpoint> Regions)
{
    /// <exception cref="KeyNotFoundException">The region is not configured.</exception>
    public RegionEndpoint Of(RegionId region) =>
        Regions.FirstOrDefault(r => r.Region == region)
        ?? throw new KeyNotFoundException($"Region '{region}' is not configured. Known: {string.Join(", ", Regions.Select(r => r.Region))}.");
}
