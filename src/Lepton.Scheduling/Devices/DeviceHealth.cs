using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>What is known of one device's health.</summary>
/// <param name="Epoch">Rises whenever the device starts draining or is lost: what was granted under an older one is fenced.</param>
/// <param name="Reason">Why the device is not healthy, with the values that said so; null when healthy.</param>
/// <param name="Since">When the phase began.</param>
/// <param name="LastTrouble">The latest signal that spoke against the device.</param>
/// <param name="ApplicationFaults">Application faults ever seen.</param>
/// <param name="Recent">Their times within the burst window, oldest first; never more than a burst.</param>
public sealed record DeviceHealth(
    DevicePhase Phase,
    long Epoch,
    string? Reason,
    DateTimeOffset Since,
    DateTimeOffset LastTrouble,
    long ApplicationFaults,
    ImmutableQueue<DateTimeOffset> Recent,
    int RecentCount)
{
    /// <summary>A device seen for the first time.</summary>
    public static DeviceHealth New(DateTimeOffset at) => new(DevicePhase.Healthy, 1, null, at, at, 0, [], 0);

    /// <summary>Whether new work may be placed on it.</summary>
    public bool Placeable => Phase == DevicePhase.Healthy;
}
