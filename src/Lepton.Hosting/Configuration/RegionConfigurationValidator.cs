using Lepton.Specs;

namespace Lepton.Hosting;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Path">The field as the file writes it, as in <c>fleet[1].gateway</c>.</param>
public sealed record ConfigurationError(string Path, string Message, string Hint)
{
    public override string ToString() => $"{Message} {Hint}";
}

/// <summary>Finds every error of a <see cref="RegionConfiguration"/>: values out of range, names that do not fit together.</summary>
public static class RegionConfigurationValidator
{
    public static readonly IReadOnlyList<string> LogLevels = ["error", "warning", "information", "debug"];

    /// <summary>Empty = fine.</summary>
    public static IReadOnlyList<ConfigurationError> Errors(RegionConfiguration configuration)
    {
        var errors = new Found();
        var c = configuration;
        errors.Check(IsName(c.Region), "region", c.Region, "lower-case letters, digits and '-', at most 40, a letter first");
        errors.Check(c.SiloPort is >= 1 and <= 65_535, "siloPort", c.SiloPort, "1 to 65,535");
        errors.Check(!string.IsNullOrWhiteSpace(c.DataFolder), "dataFolder", c.DataFolder, "a folder");
        errors.Check(!c.DataFolder.StartsWith('~'), "dataFolder", c.DataFolder, "the folder written out: only shells know what ~ is");
        errors.Check(LogLevels.Contains(c.Log), "log", c.Log, $"one of {string.Join(", ", LogLevels)}");
        Fleet(c, errors);
        Times(c.Times, errors);
        Limits(c.Limits, errors);
        Planning(c.Planning, errors);
        Retention(c.Retention, errors);
        Prices(c, errors);
        Links(c, errors);
        QueueErrors.Find(c.Queues ?? [], errors);
        return errors.All;
    }

    private static void Fleet(RegionConfiguration c, Found errors)
    {
        errors.Check(c.Fleet.Any(f => f.Region == c.Region), "fleet", Names(c), $"a fleet with '{c.Region}' in it");
        var taken = new Dictionary<int, string> { [c.SiloPort] = "siloPort" };
        for (var i = 0; i < c.Fleet.Count; i++)
        {
            var (member, at) = (c.Fleet[i], $"fleet[{i}]");
            errors.Check(IsName(member.Region), $"{at}.region", member.Region, "lower-case letters, digits and '-', at most 40, a letter first");
            errors.Check(c.Fleet.Take(i).All(f => f.Region != member.Region), $"{at}.region", member.Region, "each region once");
            Residency(c, member, at, errors);
            var own = HostPort.TryParse(member.Gateway, out var host, out var port);
            errors.Check(own, $"{at}.gateway", member.Gateway, "host:port");
            if (own)
            {
                errors.Check(HostPort.IsLoopback(host), $"{at}.gateway", member.Gateway, $"127.0.0.1:{port}: {Loopback}");
                Once(taken, port, $"{at}.gateway", member.Gateway, errors);
            }

            var address = Uri.TryCreate(member.Http, UriKind.Absolute, out var http) && http.Scheme == Uri.UriSchemeHttp && http.Host.Length > 0;
            errors.Check(address, $"{at}.http", member.Http, "an address such as http://127.0.0.1:8080/");
            if (!address) continue;
            errors.Check(HostPort.IsLoopback(http!.Host), $"{at}.http", member.Http, $"http://127.0.0.1:{http.Port}/: {Loopback}");
            errors.Check(http.PathAndQuery is "/" or "", $"{at}.http", member.Http, $"http://{http.Authority}/: no path");
            Once(taken, http.Port, $"{at}.http", member.Http, errors);
        }
    }

    private static void Residency(RegionConfiguration c, FleetMember member, string at, Found errors)
    {
        errors.Check(member.Residency.Count <= MostLabels, $"{at}.residency", $"{member.Residency.Count} labels", $"at most {MostLabels}");
        for (var l = 0; l < member.Residency.Count; l++)
        {
            var (label, path) = (member.Residency[l], $"{at}.residency[{l}]");
            errors.Check(IsName(label), path, label, "lower-case letters, digits and '-', at most 40, a letter first");
            errors.Check(member.Residency.Take(l).All(other => other != label), path, label, "each label once");
            errors.Check(c.Fleet.All(f => f.Region != label), path, label, "a label that is no region's name: a job that names the region would mean both");
        }
    }

    /// <summary>Ports are told apart over the whole fleet: all regions listen on loopback, here or at the end of a tunnel.</summary>
    private static void Once(Dictionary<int, string> taken, int port, string path, string value, Found errors)
    {
        if (taken.TryGetValue(port, out var other)) errors.Check(false, path, value, $"another port: {port} is that of {other}");
        else taken.Add(port, path);
    }

    private const int MostLabels = 20;

    private const string Loopback = "without authentication and TLS, which this version lacks, regions are reached on loopback only; other machines through tunnels";

    private static void Times(RegionTimes t, Found errors)
    {
        errors.Range(t.NodeLease, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "times.nodeLease");
        errors.Range(t.HeartbeatEvery, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10), "times.heartbeatEvery");
        errors.Range(t.LeaseMargin, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), "times.leaseMargin");
        errors.Range(t.DelegationLease, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "times.delegationLease");
        errors.Range(t.RegionBeatEvery, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10), "times.regionBeatEvery");
        errors.Check(
            t.NodeLease >= 3 * t.HeartbeatEvery, "times.nodeLease", SettingsText.Of(t.NodeLease), $"at least three heartbeats ({SettingsText.Of(3 * t.HeartbeatEvery)})");
        errors.Check(
            t.DelegationLease >= 3 * t.RegionBeatEvery, "times.delegationLease", SettingsText.Of(t.DelegationLease), $"at least three beats ({SettingsText.Of(3 * t.RegionBeatEvery)})");
    }

    private static void Limits(RegionLimits l, Found errors)
    {
        errors.Check(l.StoreBytes is 0 or >= 1 << 20, "limits.storeBytes", l.StoreBytes, "1MiB or more, or leave it out");
        errors.Check(l.StoreQueue is >= 1 and <= 1_000_000, "limits.storeQueue", l.StoreQueue, "1 to 1,000,000");
        errors.Check(l.ArtifactBytes >= 1 << 20, "limits.artifactBytes", l.ArtifactBytes, "1MiB or more");
        errors.Check(l.LogBytesPerAttempt >= 2 << 20, "limits.logBytesPerAttempt", l.LogBytesPerAttempt, "2MiB or more");
        errors.Check(l.Inbox is >= 100 and <= 1_000_000, "limits.inbox", l.Inbox, "100 to 1,000,000");
        errors.Check(l.AssignmentsPerPass is >= 1 and <= 100_000, "limits.assignmentsPerPass", l.AssignmentsPerPass, "1 to 100,000");
    }

    private static void Planning(RegionPlanning p, Found errors)
    {
        errors.Check(p.StandbyNodes is >= 0 and <= 100_000, "planning.standbyNodes", p.StandbyNodes, "0 to 100,000");
        errors.Check(p.StandbyPercent is >= 0 and <= 90, "planning.standbyPercent", p.StandbyPercent, "0 to 90 percent");
        errors.Range(p.MinimumRun, TimeSpan.Zero, TimeSpan.FromDays(7), "planning.minimumRun");
        errors.Range(p.ReserveAfter, TimeSpan.Zero, TimeSpan.FromDays(7), "planning.reserveAfter");
        errors.Check(p.Reservations is >= 0 and <= 1_000, "planning.reservations", p.Reservations, "0 to 1,000");
        foreach (var (name, weight) in new[] { ("loadWeight", p.LoadWeight), ("priceWeight", p.PriceWeight), ("latencyWeight", p.LatencyWeight) })
        {
            errors.Check(weight is >= 0 and <= 100, $"planning.{name}", weight, "0 to 100");
        }

    }

    private static void Retention(RetentionOptions r, Found errors)
    {
        foreach (var (name, value) in new[] { ("jobs", r.Jobs), ("guests", r.Guests), ("logs", r.Logs), ("artifacts", r.Artifacts) })
        {
            errors.Range(value, TimeSpan.FromMinutes(1), TimeSpan.FromDays(36_500), $"retention.{name}");
        }

        errors.Check(r.MaxLogBytes >= 1 << 20, "retention.logBytes", r.MaxLogBytes, "1MiB or more");
        errors.Check(r.MaxArtifactBytes >= 1 << 20, "retention.artifactBytes", r.MaxArtifactBytes, "1MiB or more");
        errors.Range(r.SweepEvery, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "retention.sweepEvery");
    }

    private static void Prices(RegionConfiguration c, Found errors)
    {
        var prices = c.Prices ?? [];
        for (var i = 0; i < prices.Count; i++)
        {
            var (price, at) = (prices[i], $"prices[{i}]");
            errors.Check(!string.IsNullOrWhiteSpace(price.Item), $"{at}.item", price.Item, "cpu or a device model");
            errors.Check(prices.Take(i).All(p => p.Item != price.Item), $"{at}.item", price.Item, "each item once");
            errors.Check(price.UsdPerHour is >= 0 and <= 1_000_000, $"{at}.usdPerHour", price.UsdPerHour, "0 to 1,000,000 USD");
            errors.Check(price.SpotUsdPerHour is null or (>= 0 and <= 1_000_000), $"{at}.spotUsdPerHour", price.SpotUsdPerHour, "0 to 1,000,000 USD");
        }
    }

    private static void Links(RegionConfiguration c, Found errors)
    {
        var links = c.Links ?? [];
        for (var i = 0; i < links.Count; i++)
        {
            var (link, at) = (links[i], $"links[{i}]");
            errors.Check(link.To != c.Region && c.Fleet.Any(f => f.Region == link.To), $"{at}.to", link.To, $"another region of the fleet ({Names(c)})");
            errors.Check(links.Take(i).All(l => l.To != link.To), $"{at}.to", link.To, "each region once");
            errors.Check(link.RoundTripMs is >= 0 and <= 60_000, $"{at}.roundTripMs", link.RoundTripMs, "0 to 60,000 ms");
            errors.Check(link.MegabitPerSecond is > 0 and <= 10_000_000, $"{at}.megabitPerSecond", link.MegabitPerSecond, "more than 0, up to 10,000,000 Mbit/s");
            errors.Check(link.EgressUsdPerGb is >= 0 and <= 1_000, $"{at}.egressUsdPerGb", link.EgressUsdPerGb, "0 to 1,000 USD");
        }
    }

    private static string Names(RegionConfiguration c) => string.Join(", ", c.Fleet.Select(f => f.Region));

    internal static bool IsName(string? text) =>
        text is { Length: > 0 and <= 40 } && char.IsAsciiLetterLower(text[0]) && text.All(x => char.IsAsciiLetterLower(x) || char.IsAsciiDigit(x) || x == '-');

    internal sealed class Found
    {
        public List<ConfigurationError> All { get; } = [];

        public void Check(bool good, string path, object? value, string wanted)
        {
            if (!good) All.Add(new(path, FormattableString.Invariant($"{path} is '{value}'."), $"Maybe {wanted}."));
        }

        public void Range(TimeSpan value, TimeSpan low, TimeSpan high, string path) =>
            Check(value >= low && value <= high, path, SettingsText.Of(value), $"{SettingsText.Of(low)} to {SettingsText.Of(high)}");
    }
}
