using System.Text.Json.Serialization;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>What a region's silo is told in its file: who it is, where it listens and keeps its data, who the others are, times, prices, links.</summary>
public sealed record RegionConfiguration
{
    /// <summary>Name of this region, one of <see cref="Fleet"/>.</summary>
    public required string Region { get; init; }

    /// <summary>Port among the silos of the region. 1 to 65,535.</summary>
    public required int SiloPort { get; init; }

    /// <summary>Folder for rows, artifacts and logs; made when absent.</summary>
    public required string DataFolder { get; init; }

    /// <summary>All regions, this one among them.</summary>
    public required IReadOnlyList<FleetMember> Fleet { get; init; }

    /// <summary>Times; left out = defaults.</summary>
    public RegionTimes Times { get; init; } = new();

    /// <summary>Prices per hour by item (<c>cpu</c> or a device model); left out = <see cref="RegionDefaults"/>.</summary>
    public IReadOnlyList<PriceEntry>? Prices { get; init; }

    /// <summary>Links to other regions; left out = <see cref="RegionDefaults"/>.</summary>
    public IReadOnlyList<LinkEntry>? Links { get; init; }

    [JsonIgnore]
    public RegionId Id => new(Region);

    /// <summary>Addresses of all regions.</summary>
    public RegionDirectory ToDirectory() =>
        new(Id, [.. Fleet.Select(f => new RegionEndpoint(new RegionId(f.Region), f.Gateway, new Uri(f.Http)))]);

    /// <summary>What the machines of the region know of it.</summary>
    public RegionSettings ToSettings()
    {
        var fleet = Fleet.Select(f => new RegionId(f.Region)).ToList();
        return new RegionSettings
        {
            Region = Id,
            Fleet = [.. fleet],
            NodeLease = Times.NodeLease,
            HeartbeatEvery = Times.HeartbeatEvery,
            LeaseMargin = Times.LeaseMargin,
            DelegationLease = Times.DelegationLease,
            RegionBeatEvery = Times.RegionBeatEvery,
            Prices = Prices is null
                ? RegionDefaults.PricesOf(Id)
                : new PriceBook("configured", [.. Prices.Select(p => new Price(p.Item, Micros(p.UsdPerHour), p.SpotUsdPerHour is { } spot ? Micros(spot) : null))]),
            Links = Links is null
                ? RegionDefaults.LinksFrom(Id, fleet)
                : new LinkTable([.. Links.Select(l => new Link(Id, new RegionId(l.To), l.RoundTripMs, l.MegabitPerSecond, Micros(l.EgressUsdPerGb)))]),
        };
    }

    private static long Micros(decimal usd) => (long)decimal.Round(usd * 1_000_000m);
}

/// <summary>One region as the others reach it.</summary>
/// <param name="Gateway">host:port of its Orleans gateway.</param>
/// <param name="Http">Base address of its REST API and data endpoints.</param>
public sealed record FleetMember(string Region, string Gateway, string Http);

/// <summary>Times of a region; all may be left out.</summary>
public sealed record RegionTimes
{
    /// <summary>Right of an agent to run its attempts unheard. Default 15 s; 1 s to 1 h, at least three heartbeats.</summary>
    public TimeSpan NodeLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause between heartbeats. Default 1 s; 50 ms to 10 min.</summary>
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait beyond the lease before a node is fenced. Default 5 s; 100 ms to 10 min.</summary>
    public TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Right of a region to run another's work unheard. Default 60 s; 1 s to 1 day, at least three beats.</summary>
    public TimeSpan DelegationLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause between beats among regions. Default 1 s; 50 ms to 10 min.</summary>
    public TimeSpan RegionBeatEvery { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>A price in USD per hour; spot left out = not sold as spot.</summary>
public sealed record PriceEntry(string Item, decimal UsdPerHour, decimal? SpotUsdPerHour = null);

/// <summary>The way to another region.</summary>
public sealed record LinkEntry(string To, double RoundTripMs, double MegabitPerSecond, decimal EgressUsdPerGb);
