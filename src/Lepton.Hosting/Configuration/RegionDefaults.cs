using System.Text.Json;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Prices and links for the regions <c>us-east</c>, <c>eu-west</c> and <c>ap-south</c>, real ones of public clouds (which: see NOTICE beside
/// the data). A region of another name has none until its configuration says so: nothing is guessed.
/// </summary>
public static class RegionDefaults
{
    private static readonly Lazy<Table> Data = new(Load);

    /// <summary>Names of the regions with defaults.</summary>
    public static IReadOnlyList<RegionId> Regions => [.. Data.Value.Regions.Select(r => new RegionId(r.Region))];

    /// <summary>Prices of a region; an empty book where there are no defaults.</summary>
    public static PriceBook PricesOf(RegionId region) =>
        Data.Value.Regions.FirstOrDefault(r => r.Region == region.Value) is { } known
            ? new PriceBook(Data.Value.AsOf, [.. known.Prices.Select(p => new Price(p.Item, p.UsdMicrosPerHour, p.SpotUsdMicrosPerHour))])
            : new PriceBook("", []);

    /// <summary>Links out of a region to those of the fleet that have defaults.</summary>
    public static LinkTable LinksFrom(RegionId region, IEnumerable<RegionId> fleet) => new(
    [
        .. from to in fleet
           from link in Data.Value.Links
           where link.From == region.Value && link.To == to.Value
           select new Link(region, to, link.RoundTripMs, link.MegabitPerSecond, link.EgressUsdMicrosPerGb),
    ]);

    private static Table Load()
    {
        using var stream = typeof(RegionDefaults).Assembly.GetManifestResourceStream("region-defaults.json")!;
        return JsonSerializer.Deserialize<Table>(stream, JsonSerializerOptions.Web)!;
    }

    private sealed record Table(string AsOf, IReadOnlyList<Place> Regions, IReadOnlyList<Way> Links);

    private sealed record Place(string Region, string PricesFrom, string LinksFrom, IReadOnlyList<Tariff> Prices);

    private sealed record Tariff(string Item, long UsdMicrosPerHour, long? SpotUsdMicrosPerHour);

    private sealed record Way(string From, string To, double RoundTripMs, double MegabitPerSecond, long EgressUsdMicrosPerGb);
}
