using System.Net;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>What a region's silo is told in its file: who it is, where it listens and keeps its data, who the others are, times, limits, prices, links.</summary>
public sealed record RegionConfiguration
{
    /// <summary>Name of this region, one of <see cref="Fleet"/>; its entry there says where this silo's gateway and API listen.</summary>
    public required string Region { get; init; }

    /// <summary>Port among the silos of the region. 1 to 65,535.</summary>
    public required int SiloPort { get; init; }

    /// <summary>Folder for rows, artifacts and logs; made when absent. In a file: relative to the file.</summary>
    public required string DataFolder { get; init; }

    /// <summary>All regions, this one among them.</summary>
    public required IReadOnlyList<FleetMember> Fleet { get; init; }

    /// <summary>Times; left out = defaults.</summary>
    public RegionTimes Times { get; init; } = new();

    /// <summary>Limits; left out = defaults.</summary>
    public RegionLimits Limits { get; init; } = new();

    /// <summary>Room for what cannot start, and for what lost its place; left out = defaults.</summary>
    public RegionPlanning Planning { get; init; } = new();

    /// <summary>How long what is over is kept; left out = defaults.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>Least of the silo's own log lines that are shown: error (default), warning, information, debug.</summary>
    public string Log { get; init; } = "error";

    /// <summary>Prices per hour by item (<c>cpu</c> or a device model); left out = <see cref="RegionDefaults"/>.</summary>
    public IReadOnlyList<PriceEntry>? Prices { get; init; }

    /// <summary>Links to other regions; left out = <see cref="RegionDefaults"/>.</summary>
    public IReadOnlyList<LinkEntry>? Links { get; init; }

    /// <summary>Queues and cohorts; left out = one queue, <c>default</c>, without limits.</summary>
    public IReadOnlyList<QueueEntry>? Queues { get; init; }

    public RegionId Id => new(Region);

    /// <summary>The region's rows.</summary>
    public string StateFile => Path.Combine(DataFolder, "region.db");

    /// <summary>Base address of this silo's REST API and data endpoints.</summary>
    public Uri Http => new(Self.Http);

    public IPEndPoint Gateway => HostPort.Loopback(Self.Gateway);

    /// <summary>What listens: name and port.</summary>
    public IReadOnlyList<(string What, int Port)> Ports => [("API", Http.Port), ("silo", SiloPort), ("gateway", Gateway.Port)];

    private FleetMember Self => Fleet.First(f => f.Region == Region);

    /// <summary>Addresses of all regions.</summary>
    public RegionDirectory ToDirectory() =>
        new(Id, [.. Fleet.Select(f => new RegionEndpoint(new RegionId(f.Region), HostPort.Loopback(f.Gateway).ToString(), new Uri(f.Http)) { Residency = [.. f.Residency] })]);

    public SqliteStoreOptions ToStore() => new() { Path = StateFile, QueueLimit = Limits.StoreQueue, MaxSizeBytes = Limits.StoreBytes };

    public ArtifactOptions ToArtifacts() => new() { Root = Path.Combine(DataFolder, "data", "artifacts"), MaxArtifactBytes = Limits.ArtifactBytes };

    public LogOptions ToLogs() => new() { Root = Path.Combine(DataFolder, "data", "logs"), MaxBytesPerAttempt = Limits.LogBytesPerAttempt };

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
            InboxLimit = Limits.Inbox,
            AssignmentsPerPass = Limits.AssignmentsPerPass,
            StandbyNodes = Planning.StandbyNodes,
            StandbyPercent = (double)Planning.StandbyPercent,
            MinimumRun = Planning.MinimumRun,
            ReserveAfter = Planning.ReserveAfter,
            Reservations = Planning.Reservations,
            LoadWeight = (double)Planning.LoadWeight,
            PriceWeight = (double)Planning.PriceWeight,
            LatencyWeight = (double)Planning.LatencyWeight,
            Prices = Prices is null
                ? RegionDefaults.PricesOf(Id)
                : new PriceBook("configured", [.. Prices.Select(p => new Price(p.Item, Micros(p.UsdPerHour), p.SpotUsdPerHour is { } spot ? Micros(spot) : null))]),
            Links = Links is null
                ? RegionDefaults.LinksFrom(Id, fleet)
                : new LinkTable([.. Links.Select(l => new Link(Id, new RegionId(l.To), l.RoundTripMs, l.MegabitPerSecond, Micros(l.EgressUsdPerGb)))]),
            Queues = [.. (Queues ?? []).Select(q => q.ToSettings())],
        };
    }

    private static long Micros(decimal usd) => (long)decimal.Round(usd * 1_000_000m);
}

/// <summary>One region as the others reach it.</summary>
/// <param name="Gateway">host:port of its Orleans gateway.</param>
/// <param name="Http">Base address of its REST API and data endpoints.</param>
public sealed record FleetMember(string Region, string Gateway, string Http)
{
    /// <summary>Labels that <c>placement.residency</c> of a job may name, as in <c>eu</c> or <c>gdpr</c>; the same in the file of every region. At most 20.</summary>
    public IReadOnlyList<string> Residency { get; init; } = [];
}

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

/// <summary>What a region takes at most; all may be left out.</summary>
public sealed record RegionLimits
{
    /// <summary>Size of the store's file beyond which new work is refused. Default 0 = the disk's; else 1 MiB or more.</summary>
    public long StoreBytes { get; init; }

    /// <summary>Batches that wait for the disk; beyond, callers are told "busy". Default 8,192; 1 to 1,000,000.</summary>
    public int StoreQueue { get; init; } = 8_192;

    /// <summary>Largest artifact. Default 64 GiB; 1 MiB or more.</summary>
    public long ArtifactBytes { get; init; } = 64L << 30;

    /// <summary>Bytes kept of one attempt's log. Default 8 MiB; 2 MiB or more.</summary>
    public long LogBytesPerAttempt { get; init; } = 8L << 20;

    /// <summary>Messages a machine holds unhandled before it answers "busy". Default 10,000; 100 to 1,000,000.</summary>
    public int Inbox { get; init; } = 10_000;

    /// <summary>Assignments of one planning pass. Default 2,000; 1 to 100,000.</summary>
    public int AssignmentsPerPass { get; init; } = 2_000;
}

/// <summary>A price in USD per hour; spot left out = not sold as spot.</summary>
public sealed record PriceEntry(string Item, decimal UsdPerHour, decimal? SpotUsdPerHour = null);

/// <summary>The way to another region.</summary>
public sealed record LinkEntry(string To, double RoundTripMs, double MegabitPerSecond, decimal EgressUsdPerGb);
