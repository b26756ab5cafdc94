using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>Price of an hour of a device model or of a CPU core, in USD micros (1,000,000 = 1 USD).</summary>
[GenerateSerializer, Immutable, Alias("Price")]
public sealed record Price([property: Id(0)] string Item, [property: Id(1)] long UsdMicrosPerHour, [property: Id(2)] long? SpotUsdMicrosPerHour);

/// <summary>Prices of one region by item name (<c>cpu</c>, <c>H100</c>, ...).</summary>
[GenerateSerializer, Immutable, Alias("PriceBook")]
public sealed record PriceBook([property: Id(0)] string AsOf, [property: Id(1)] ImmutableArray<Price> Prices);

/// <summary>The way from one region to another: round trip in ms, bandwidth in Mbit/s, egress price in USD micros per GB.</summary>
[GenerateSerializer, Immutable, Alias("Link")]
public sealed record Link(
    [property: Id(0)] RegionId From,
    [property: Id(1)] RegionId To,
    [property: Id(2)] double RoundTripMs,
    [property: Id(3)] double MegabitPerSecond,
    [property: Id(4)] long EgressUsdMicrosPerGb);

/// <summary>All links out of a region.</summary>
[GenerateSerializer, Immutable, Alias("LinkTable")]
public sealed record LinkTable([property: Id(0)] ImmutableArray<Link> Links);

/// <summary>What the pure core knows of its region's configuration: times, limits, prices, links.</summary>
[GenerateSerializer, Immutable, Alias("RegionSettings")]
public sealed record RegionSettings
{
    [Id(0)] public required RegionId Region { get; init; }

    /// <summary>All regions of the fleet, this one among them.</summary>
    [Id(1)] public required ImmutableArray<RegionId> Fleet { get; init; }

    /// <summary>Right of an agent to run its attempts without hearing from its node grain.</summary>
    [Id(2)] public TimeSpan NodeLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause between heartbeats of an agent when nothing hurries it.</summary>
    [Id(3)] public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the node grain waits beyond the lease before it fences: clock drift and time of flight.</summary>
    [Id(4)] public TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Right of a region to run work of another region without hearing from it.</summary>
    [Id(5)] public TimeSpan DelegationLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause between beats among regions.</summary>
    [Id(6)] public TimeSpan RegionBeatEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First and longest pause between repeats of a message that was not acknowledged.</summary>
    [Id(7)] public TimeSpan ResendFirst { get; init; } = TimeSpan.FromMilliseconds(200);

    [Id(8)] public TimeSpan ResendLongest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages a grain holds unhandled before it answers Busy.</summary>
    [Id(9)] public int InboxLimit { get; init; } = 10_000;

    /// <summary>Assignments one planning pass makes at most.</summary>
    [Id(10)] public int AssignmentsPerPass { get; init; } = 2_000;

    [Id(11)] public PriceBook Prices { get; init; } = new("", []);

    [Id(12)] public LinkTable Links { get; init; } = new([]);

    /// <summary>Queues and cohorts with their weights and quotas; empty = one queue, <c>default</c>, without limits.</summary>
    [Id(13)] public ImmutableArray<QueueSettings> Queues { get; init; } = [];

    /// <summary>A suspect device that reads well for so long is healthy again.</summary>
    [Id(14)] public TimeSpan DeviceCalm { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Empty nodes held free for work that lost its place: so many, or so many percent of the ready ones, whichever is more.</summary>
    [Id(15)] public int StandbyNodes { get; init; }

    [Id(16)] public double StandbyPercent { get; init; }

    /// <summary>Time for which an attempt is not put off after it began; doubled with each time its task was put off before.</summary>
    [Id(17)] public TimeSpan MinimumRun { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time a task waits before room is reserved for it.</summary>
    [Id(18)] public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tasks that have room reserved at the same time, at most. 0 = none.</summary>
    [Id(19)] public int Reservations { get; init; } = 16;

    /// <summary>How much it counts, when a task goes to another region, that the region has much free; against <see cref="PriceWeight"/> and <see cref="LatencyWeight"/>.</summary>
    [Id(40)] public double LoadWeight { get; init; } = 1;

    /// <summary>How much it counts that the task costs little there by the hour. 0 = not at all.</summary>
    [Id(41)] public double PriceWeight { get; init; }

    /// <summary>How much it counts that the way there is short. 0 = not at all.</summary>
    [Id(42)] public double LatencyWeight { get; init; }

    /// <summary>
    /// Time after which the owner takes a delegated task back: the lease, and the time the other region needs to end it
    /// (its node's lease twice, for a node cut off from its own region, and the margin twice).
    /// </summary>
    public TimeSpan DelegationTakeBack => DelegationLease + (NodeLease * 2) + (LeaseMargin * 2);
}
