namespace Lepton.Hosting;

/// <summary>How a region keeps room for what cannot start and for what lost its place, and which other region it prefers; all may be left out.</summary>
public sealed record RegionPlanning
{
    /// <summary>Empty nodes held free for work that lost its place; never all nodes. Default 0; 0 to 100,000.</summary>
    public int StandbyNodes { get; init; }

    /// <summary>The same as percent of the ready nodes; the larger of both counts. Default 0; 0 to 90.</summary>
    public decimal StandbyPercent { get; init; }

    /// <summary>Time for which an attempt is not put off after it began, doubled with each time its task was. Default 1m; 0s to 7d.</summary>
    public TimeSpan MinimumRun { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time a task waits before room is reserved for it. Default 10s; 0s to 7d.</summary>
    public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tasks and gangs that have room reserved at the same time, at most; 0 = none. Default 16; 0 to 1,000.</summary>
    public int Reservations { get; init; } = 16;

    /// <summary>How much it counts, of another region with room, that much of it is free. Default 1; 0 to 100.</summary>
    public decimal LoadWeight { get; init; } = 1;

    /// <summary>How much it counts that a task costs little there. Default 0; 0 to 100.</summary>
    public decimal PriceWeight { get; init; }

    /// <summary>How much it counts that the round trip there is short. Default 0; 0 to 100.</summary>
    public decimal LatencyWeight { get; init; }
}
