using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What a reader may know beside the text. The parser itself opens no file and asks nobody.</summary>
public sealed record SpecContext
{
    /// <summary>
    /// Nothing known: relative files are refused, region names are not checked. What the API starts from.
    /// </summary>
    public static readonly SpecContext None = new();

    /// <summary>
    /// Absolute folder of the spec file, to which relative <c>file://</c> inputs are resolved; null: relative ones are refused.
    /// </summary>
    /// <exception cref="ArgumentException">The folder is not absolute.</exception>
    public string? BaseFolder
    {
        get;
        init => field = value is null || value.StartsWith('/')
            ? value
            : throw new ArgumentException($"Base folder {value} is not absolute.", nameof(value));
    }

    /// <summary>
    /// Regions of the fleet; where given, any other region name is an error. Empty: names are not checked.
    /// </summary>
    public ImmutableArray<RegionId> KnownRegions { get; init; } = [];

    /// <summary>Labels of regions that <c>placement.residency</c> may name beside the regions themselves.</summary>
    public ImmutableDictionary<RegionId, ImmutableArray<string>> ResidencyLabels { get; init; } = ImmutableDictionary<RegionId, ImmutableArray<string>>.Empty;

    /// <summary>Changes in the form of <c>--set</c>, applied in order before the spec is read.</summary>
    public ImmutableArray<string> Overrides { get; init; } = [];
}
