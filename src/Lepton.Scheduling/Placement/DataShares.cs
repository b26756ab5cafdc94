using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;

namespace Lepton.Scheduling.Placement;

/// <summary>Which share of what a task reads lies in which region, most first, then by name; nothing: nobody said.</summary>
/// <remarks>Shares lie in (0, 1] and add up to 1. Cost: O(regions that have some).</remarks>
internal readonly record struct DataShares
{
    /// <summary>What an input counts as whose size nobody told: 1 GiB.</summary>
    private const long UnknownBytes = 1L << 30;

    private readonly ImmutableArray<(RegionId Region, double Share)> _shares;

    private DataShares(ImmutableArray<(RegionId Region, double Share)> shares) => _shares = shares;

    public static DataShares None => default;

    /// <summary>Regions that have some, the most first.</summary>
    public ReadOnlySpan<(RegionId Region, double Share)> All => _shares.IsDefault ? [] : _shares.AsSpan();

    /// <param name="places">What its group reads.</param>
    /// <param name="input">Region where its own input, or what it reads of others, lies.</param>
    /// <param name="inputBytes">How large that is; 0: nobody told.</param>
    public static DataShares Of(ImmutableArray<DataPlace> places, RegionId? input, long inputBytes)
    {
        var bytes = new SortedDictionary<RegionId, double>();
        if (input is { } own) bytes[own] = inputBytes > 0 ? inputBytes : UnknownBytes;
        foreach (var place in places.IsDefault ? [] : places) bytes[place.Region] = bytes.GetValueOrDefault(place.Region) + place.Bytes;
        var sum = bytes.Values.Sum();
        return sum <= 0 ? None : new([.. bytes.Where(b => b.Value > 0).Select(b => (b.Key, b.Value / sum)).OrderByDescending(b => b.Item2)]);
    }

    public double In(RegionId region)
    {
        foreach (var (at, share) in All)
        {
            if (at == region) return share;
        }

        return 0;
    }

    public override string ToString()
    {
        var words = new List<string>();
        foreach (var (region, share) in All) words.Add(share == 1 ? region.Value : string.Create(CultureInfo.InvariantCulture, $"{region} {share:R}"));
        return string.Join('+', words);
    }
}
