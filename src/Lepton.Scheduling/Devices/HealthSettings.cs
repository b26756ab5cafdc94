using System.Collections.Immutable;

namespace Lepton.Scheduling.Devices;

/// <summary>The numbers of the health policy. Both lists of XIDs are options: drivers and fleets differ.</summary>
public sealed record HealthSettings
{
    /// <summary>XIDs that an application causes by itself: illegal access, a watchdog, being killed.</summary>
    public ImmutableHashSet<long> ApplicationXids { get; init; } = [13, 31, 43, 45, 68, 109];

    /// <summary>XIDs after which the device must be emptied.</summary>
    public ImmutableHashSet<long> DrainXids { get; init; } = [48, 63, 94];

    /// <summary>XIDs after which the device is gone.</summary>
    public ImmutableHashSet<long> LostXids { get; init; } = [79];

    /// <summary>So many application faults within <see cref="BurstWindow"/> make a device suspect (at least 2).</summary>
    public int Burst { get; init; } = 10;

    public TimeSpan BurstWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A suspect device that reads well for so long is healthy again.</summary>
    public TimeSpan Calm { get; init; } = TimeSpan.FromMinutes(2);

    public static HealthSettings Default { get; } = new();
}
