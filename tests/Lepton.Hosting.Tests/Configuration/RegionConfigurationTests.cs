using Lepton.Model;

namespace Lepton.Hosting.Tests;

public sealed class RegionConfigurationTests
{
    private const string Good =
        """
        {
          // One of three.
          "region": "us-east",
          "siloPort": 11111,
          "dataFolder": "data/us-east",
          "fleet": [
            { "region": "us-east", "gateway": "127.0.0.1:30001", "http": "http://127.0.0.1:5001/" },
            { "region": "eu-west", "gateway": "127.0.0.1:30002", "http": "http://127.0.0.1:5002/" },
          ],
          "times": { "nodeLease": "00:00:20" }
        }
        """;

    [Fact]
    public void Reads_a_file_and_fills_in_what_it_does_not_say()
    {
        var configuration = RegionConfigurationFile.Parse(Good, "us-east.json");

        var settings = configuration.ToSettings();
        Assert.Equal(TimeSpan.FromSeconds(20), settings.NodeLease);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.HeartbeatEvery);
        Assert.Equal([new RegionId("us-east"), new RegionId("eu-west")], settings.Fleet);
        Assert.Equal(84.9, Assert.Single(settings.Links.Links).RoundTripMs);
        Assert.Equal(11_069_470, settings.Prices.Prices.Single(p => p.Item == "H100").UsdMicrosPerHour);
        Assert.Equal(new Uri("http://127.0.0.1:5002/"), configuration.ToDirectory().Of(new RegionId("eu-west")).Http);
    }

    [Fact]
    public void Takes_prices_and_links_of_its_own()
    {
        var text = Good.Replace(
            "\"times\"",
            """
            "prices": [{ "item": "cpu", "usdPerHour": 0.05 }],
            "links": [{ "to": "eu-west", "roundTripMs": 70, "megabitPerSecond": 1000, "egressUsdPerGb": 0.01 }],
            "times"
            """,
            StringComparison.Ordinal);

        var settings = RegionConfigurationFile.Parse(text, "us-east.json").ToSettings();

        Assert.Equal(new Price("cpu", 50_000, null), Assert.Single(settings.Prices.Prices));
        Assert.Equal(new Link(new("us-east"), new("eu-west"), 70, 1000, 10_000), Assert.Single(settings.Links.Links));
    }

    [Fact]
    public void Lists_every_error()
    {
        var text =
            """
            {
              "region": "US East", "siloPort": 0, "dataFolder": " ",
              "fleet": [
                { "region": "a", "gateway": "a", "http": "ftp://a" },
                { "region": "a", "gateway": "a:0", "http": "a" }
              ],
              "times": { "nodeLease": "00:00:02", "heartbeatEvery": "00:00:01", "leaseMargin": "00:00:00", "delegationLease": "00:00:02", "regionBeatEvery": "00:00:01" },
              "prices": [{ "item": "", "usdPerHour": -1, "spotUsdPerHour": -1 }, { "item": "", "usdPerHour": 1 }],
              "links": [{ "to": "z", "roundTripMs": -1, "megabitPerSecond": 0, "egressUsdPerGb": -1 }]
            }
            """;

        var error = Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Parse(text, "bad.json"));

        Assert.Contains("'bad.json'", error.Message, StringComparison.Ordinal);
        foreach (var place in new[]
        {
            "Region.Region", "SiloPort", "DataFolder", "Region.Fleet is", "Fleet[0].Gateway", "Fleet[0].Http", "Fleet[1].Region", "Fleet[1].Gateway",
            "Fleet[1].Http", "Times.NodeLease", "Times.LeaseMargin", "Times.DelegationLease", "Prices[0].Item", "Prices[0].UsdPerHour",
            "Prices[0].SpotUsdPerHour", "Prices[1].Item", "Links[0].To", "Links[0].RoundTripMs", "Links[0].MegabitPerSecond", "Links[0].EgressUsdPerGb",
        })
        {
            Assert.Contains(place, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"siloPort\": 11111,", "\"siloPort\": 11111, \"colour\": 1,", "colour")]
    [InlineData("\"siloPort\": 11111,", "", "siloPort")]
    [InlineData("\"siloPort\": 11111,", "\"siloPort\": \"many\",", "line 4")]
    [InlineData("\"dataFolder\": \"data/us-east\"", "\"dataFolder\": null", "dataFolder")]
    [InlineData("\"gateway\": \"127.0.0.1:30001\", ", "", "gateway")]
    public void Refuses_what_it_does_not_understand_and_names_the_place(string part, string instead, string named)
    {
        var error = Assert.Throws<InvalidDataException>(
            () => RegionConfigurationFile.Parse(Good.Replace(part, instead, StringComparison.Ordinal), "us-east.json"));

        Assert.Contains("us-east.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Names_a_file_that_is_not_there() =>
        Assert.Contains("/nowhere/x.json", Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Read("/nowhere/x.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_pair_of_default_regions_has_a_link_and_every_region_the_same_items()
    {
        Assert.Equal(3, RegionDefaults.Regions.Count);
        foreach (var region in RegionDefaults.Regions)
        {
            var links = RegionDefaults.LinksFrom(region, RegionDefaults.Regions).Links;
            Assert.Equal(2, links.Length);
            Assert.All(links, l => Assert.True(l.RoundTripMs > 1 && l.MegabitPerSecond > 1 && l.EgressUsdMicrosPerGb > 0));
            var book = RegionDefaults.PricesOf(region);
            Assert.Equal(["cpu", "L4", "A100-40GB", "A100-80GB", "H100"], book.Prices.Select(p => p.Item));
            Assert.All(book.Prices, p => Assert.InRange(p.SpotUsdMicrosPerHour!.Value, 1, p.UsdMicrosPerHour));
            Assert.NotEmpty(book.AsOf);
        }
    }

    [Fact]
    public void A_region_of_another_name_has_no_prices_and_no_links()
    {
        Assert.Empty(RegionDefaults.PricesOf(new RegionId("mars")).Prices);
        Assert.Empty(RegionDefaults.LinksFrom(new RegionId("mars"), RegionDefaults.Regions).Links);
    }
}
