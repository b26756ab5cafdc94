using System.Collections.Immutable;

namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>So many pieces of a reservation on one node: one for a task, one for each member of a gang.</summary>
/// <param name="Node">Number of the node.</param>
internal readonly record struct Piece(int Node, int Count);

/// <summary>Room held for somebody who cannot start yet; all of its pieces for the same time.</summary>
/// <param name="Start">Ticks: the latest moment at which it is to start, as long as what runs there ends when it was said to.</param>
/// <param name="Duration">Ticks it needs at most; <see cref="CapacityProfile.Never"/> where nobody knows.</param>
/// <param name="Amounts">What each piece needs.</param>
/// <param name="IsHeld">Freed for it by putting others off: from now on nobody else may have it.</param>
internal sealed record Reservation(ImmutableArray<Piece> Pieces, long Start, long Duration, long[] Amounts, bool IsHeld)
{
    public int Node => Pieces[0].Node;

    public int Count => Pieces.Sum(p => p.Count);

    public long End => Duration == CapacityProfile.Never || Start > CapacityProfile.Never - Duration ? CapacityProfile.Never : Start + Duration;

    public int CountOn(int node)
    {
        foreach (var piece in Pieces)
        {
            if (piece.Node == node) return piece.Count;
        }

        return 0;
    }
}
