using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>Finds every error of a <see cref="RegionConfiguration"/>.</summary>
public static class RegionConfigurationValidator
{
    /// <summary>Empty = fine.</summary>
    public static IReadOnlyList<string> Errors(RegionConfiguration configuration)
    {
        var errors = new OptionErrors("Region");
        var c = configuration;
        errors.Check(IsName(c.Region), nameof(c.Region), c.Region, "lower-case letters, digits and '-', at most 40");
        errors.Check(c.SiloPort is >= 1 and <= 65_535, nameof(c.SiloPort), c.SiloPort, "1 to 65,535");
        errors.Check(!string.IsNullOrWhiteSpace(c.DataFolder), nameof(c.DataFolder), c.DataFolder, "a folder");
        Fleet(c, errors);
        Times(c.Times, errors);
        Prices(c, errors);
        Links(c, errors);
        return errors.All;
    }

    private static void Fleet(RegionConfiguration c, OptionErrors errors)
    {
        errors.Check(c.Fleet.Any(f => f.Region == c.Region), nameof(c.Fleet), Names(c), $"a fleet with '{c.Region}' in it");
        for (var i = 0; i < c.Fleet.Count; i++)
        {
            var (member, at) = (c.Fleet[i], $"Fleet[{i}]");
            errors.Check(IsName(member.Region), $"{at}.Region", member.Region, "lower-case letters, digits and '-', at most 40");
            errors.Check(c.Fleet.Take(i).All(f => f.Region != member.Region), $"{at}.Region", member.Region, "each region once");
            errors.Check(IsHostPort(member.Gateway), $"{at}.Gateway", member.Gateway, "host:port");
            errors.Check(
                Uri.TryCreate(member.Http, UriKind.Absolute, out var http) && http.Scheme is "http" or "https",
                $"{at}.Http",
                member.Http,
                "an address such as http://127.0.0.1:5001/");
        }
    }

    private static void Times(RegionTimes t, OptionErrors errors)
    {
        errors.Range(t.NodeLease, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "Times.NodeLease");
        errors.Range(t.HeartbeatEvery, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10), "Times.HeartbeatEvery");
        errors.Range(t.LeaseMargin, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), "Times.LeaseMargin");
        errors.Range(t.DelegationLease, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "Times.DelegationLease");
        errors.Range(t.RegionBeatEvery, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10), "Times.RegionBeatEvery");
        errors.Check(t.NodeLease >= 3 * t.HeartbeatEvery, "Times.NodeLease", t.NodeLease, $"at least three heartbeats ({3 * t.HeartbeatEvery})");
        errors.Check(t.DelegationLease >= 3 * t.RegionBeatEvery, "Times.DelegationLease", t.DelegationLease, $"at least three beats ({3 * t.RegionBeatEvery})");
    }

    private static void Prices(RegionConfiguration c, OptionErrors errors)
    {
        var prices = c.Prices ?? [];
        for (var i = 0; i < prices.Count; i++)
        {
            var (price, at) = (prices[i], $"Prices[{i}]");
            errors.Check(!string.IsNullOrWhiteSpace(price.Item), $"{at}.Item", price.Item, "cpu or a device model");
            errors.Check(prices.Take(i).All(p => p.Item != price.Item), $"{at}.Item", price.Item, "each item once");
            errors.Check(price.UsdPerHour is >= 0 and <= 1_000_000, $"{at}.UsdPerHour", price.UsdPerHour, "0 to 1,000,000 USD");
            errors.Check(price.SpotUsdPerHour is null or (>= 0 and <= 1_000_000), $"{at}.SpotUsdPerHour", price.SpotUsdPerHour, "0 to 1,000,000 USD");
        }
    }

    private static void Links(RegionConfiguration c, OptionErrors errors)
    {
        var links = c.Links ?? [];
        for (var i = 0; i < links.Count; i++)
        {
            var (link, at) = (links[i], $"Links[{i}]");
            errors.Check(link.To != c.Region && c.Fleet.Any(f => f.Region == link.To), $"{at}.To", link.To, $"another region of the fleet ({Names(c)})");
            errors.Check(links.Take(i).All(l => l.To != link.To), $"{at}.To", link.To, "each region once");
            errors.Check(link.RoundTripMs is >= 0 and <= 60_000, $"{at}.RoundTripMs", link.RoundTripMs, "0 to 60,000 ms");
            errors.Check(link.MegabitPerSecond is > 0 and <= 10_000_000, $"{at}.MegabitPerSecond", link.MegabitPerSecond, "more than 0, up to 10,000,000 Mbit/s");
            errors.Check(link.EgressUsdPerGb is >= 0 and <= 1_000, $"{at}.EgressUsdPerGb", link.EgressUsdPerGb, "0 to 1,000 USD");
        }
    }

    private static string Names(RegionConfiguration c) => string.Join(", ", c.Fleet.Select(f => f.Region));

    private static bool IsName(string? text) =>
        text is { Length: > 0 and <= 40 } && char.IsAsciiLetterLower(text[0]) && text.All(x => char.IsAsciiLetterLower(x) || char.IsAsciiDigit(x) || x == '-');

    private static bool IsHostPort(string? text) =>
        text?.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), out var port) && port > 0;
}
