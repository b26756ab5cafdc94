namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>Room on a node held for somebody who cannot start yet.</summary>
/// <param name="Node">Number of the node.</param>
/// <param name="Start">Ticks: the latest moment at which it is to start, as long as what runs there ends when it was said to.</param>
/// <param name="Duration">Ticks it needs at most; <see cref="CapacityProfile.Never"/> where nobody knows.</param>
/// <param name="IsHeld">Freed for it by putting others off: from now on nobody else may have it.</param>
internal sealed record Reservation(int Node, long Start, long Duration, long[] Amounts, bool IsHeld)
{
    public long End => Duration == CapacityProfile.Never || Start > CapacityProfile.Never - Duration ? CapacityProfile.Never : Start + Duration;
}
